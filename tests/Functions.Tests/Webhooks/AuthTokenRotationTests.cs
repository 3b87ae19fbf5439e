using Functions.Tests.Numbers;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;

namespace Functions.Tests.Webhooks;

/// <summary>Twilio and the app switch to a new auth token at different times, so the previous token stays valid for a while.</summary>
public sealed class AuthTokenRotationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string New = "the-new-token-0123456789";
    private const string Third = "a-token-of-no-account-00";

    [Fact]
    public async Task Previous_token_expires_a_day_after_the_first_signature_with_the_new_token()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres);
        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        await ReplaceAsync(world);

        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        receiver.Time.Step(TimeSpan.FromDays(2));
        Assert.Equal((200, 403), (await receiver.ReportAsync(NumbersFixture.Token), await receiver.ReportAsync(Third)));
        Assert.Equal(200, await receiver.ReportAsync(New));
        receiver.Time.Step(TimeSpan.FromHours(23));
        await SweepAsync(receiver);
        Assert.Equal(
            (200, 200, 403),
            (await receiver.ReportAsync(NumbersFixture.Token), await receiver.ReportAsync(New), await receiver.ReportAsync(Third)));

        receiver.Time.Step(TimeSpan.FromHours(2));
        Assert.Equal((403, 200), (await receiver.ReportAsync(NumbersFixture.Token), await receiver.ReportAsync(New)));
        Assert.True(await HasPreviousTokenAsync(world));
        await SweepAsync(receiver);
        Assert.False(await HasPreviousTokenAsync(world));
    }

    [Fact]
    public async Task Previous_token_expires_after_a_week_when_the_new_token_never_signs()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres);
        await ReplaceAsync(world);

        receiver.Time.Step(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        receiver.Time.Step(TimeSpan.FromHours(2));
        Assert.Equal((403, 200), (await receiver.ReportAsync(NumbersFixture.Token), await receiver.ReportAsync(New)));
        await SweepAsync(receiver);
        Assert.False(await HasPreviousTokenAsync(world));
    }

    [Fact]
    public async Task An_instance_that_starts_during_the_rotation_accepts_both_tokens()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await ReplaceAsync(world);
        await using var receiver = new WebhookHarness(world, postgres);

        Assert.Equal(
            (200, 403, 200),
            (await receiver.ReportAsync(NumbersFixture.Token), await receiver.ReportAsync(Third), await receiver.ReportAsync(New)));
        Assert.Equal(
            2, await world.OneAsync<int>("select count(*) from webhook_events where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task Saving_the_same_token_keeps_the_previous_one_and_another_account_drops_it()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var other = $"AC{new string('d', 28)}{world.Number:d4}";
        world.Provider.Accounts[other] = (New, new AccountInfo("", "active", false, false));
        await ReplaceAsync(world);

        await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, New), default);
        Assert.True(await HasPreviousTokenAsync(world));
        await world.Save.RunAsync(world.Caller, new CredentialsRequest(other, New), default);
        Assert.False(await HasPreviousTokenAsync(world));
    }

    [Fact]
    public async Task A_previous_token_with_a_lost_key_is_dropped()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await world.ExecuteAsync("update provider_accounts set secret_key_id = 'lost' where tenant_id = @TenantId", new { world.TenantId });

        await ReplaceAsync(world);

        Assert.False(await HasPreviousTokenAsync(world));
    }

    private static async Task ReplaceAsync(NumbersFixture world)
    {
        world.Provider.Accounts[world.AccountSid] = (New, new AccountInfo("", "active", false, false));
        Assert.Null((await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, New), default)).Failure);
    }

    private static Task SweepAsync(WebhookHarness receiver) => receiver.Sweep.RunAsync(default);

    private static Task<bool> HasPreviousTokenAsync(NumbersFixture world) =>
        world.OneAsync<bool>(
            "select previous_secret is not null and token_replaced_at is not null from provider_accounts where tenant_id = @TenantId",
            new { world.TenantId });
}
