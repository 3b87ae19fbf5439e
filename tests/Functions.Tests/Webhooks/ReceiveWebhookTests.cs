using Functions.Tests.Numbers;
using Relais.Kit;

namespace Functions.Tests.Webhooks;

public sealed class ReceiveWebhookTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task FieldTrial_F02_Concurrent_callbacks_and_a_stop_are_all_answered_200()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres);
        var forms = Enumerable.Range(0, 4)
            .Select(n => Status(world, $"SMgroup{n}", n < 3 ? "delivered" : "undelivered", n < 3 ? null : "30003"))
            .Append(
            [
                new("MessageSid", "SMgroupStop"), new("AccountSid", world.AccountSid), new("From", "+14185550142"),
                new("To", "+14185550143"), new("Body", "STOP"),
            ]);

        var answers = await Task.WhenAll(forms.Select(form => receiver.PostAsync(form)));

        Assert.All(answers, status => Assert.Equal(200, status));
        Assert.Equal(
            ["+14185550142"],
            await world.ListAsync<string>("select address from suppressions where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Theory]
    [InlineData(1001, 1, 400)]
    [InlineData(1, 300_000, 413)]
    [InlineData(2000, 200, 413)]
    public async Task Review_B10_A_malformed_form_returns_400_and_a_large_form_413(int parameters, int length, int status)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres);
        var form = Enumerable.Range(0, parameters).Select(n => KeyValuePair.Create($"Parameter{n}", new string('x', length))).ToList();

        Assert.Equal(status, await receiver.SendAsync(WebhookHarness.Request(form)));
    }

    [Fact]
    public async Task Review_B10_A_parameter_name_that_is_too_long_returns_400()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres);

        Assert.Equal(400, await receiver.SendAsync(WebhookHarness.Request([new(new string('n', 3000), "x")])));
    }

    [Fact]
    public async Task FieldTrial_F06_A_public_url_with_a_port_accepts_a_signature_without_the_port()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres, publicUrl: "https://relais.example:8443");

        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        Assert.Equal(403, await receiver.ReportAsync("another token"));
    }

    private static List<KeyValuePair<string, string>> Status(NumbersFixture world, string sid, string status, string? code)
    {
        List<KeyValuePair<string, string>> form =
            [
                new("MessageSid", sid), new("MessageStatus", status), new("AccountSid", world.AccountSid), new("To", "+14185550142"),
            ];
        return code is null ? form : [.. form, new("ErrorCode", code)];
    }
}
