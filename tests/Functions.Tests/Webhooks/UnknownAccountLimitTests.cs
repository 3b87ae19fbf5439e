using Functions.Tests.Numbers;
using Relais.Kit;

namespace Functions.Tests.Webhooks;

public sealed class UnknownAccountLimitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int PerMinute = 60;

    [Fact]
    public async Task A_flood_of_unknown_accounts_is_limited_and_does_not_block_signed_requests()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres, PerMinute);
        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        var before = LookUps(receiver);

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 500).Select(n => Task.Run(() => receiver.ReportAsync("forged-forged-forged", $"AC{n:x32}"))));

        // Accounts that were not looked up are answered 429, so that Twilio retries.
        Assert.All(answers, answer => Assert.True(answer is 403 or 429, $"{answer}"));
        Assert.Contains(429, answers);
        // The burst is a sixth of the limit per minute, and some tokens were refilled meanwhile.
        Assert.InRange(LookUps(receiver) - before, 1, PerMinute / 6 * 2);
        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        receiver.Time.Step(TimeSpan.FromMinutes(2));
        Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
    }

    [Fact]
    public async Task Signed_requests_do_not_consume_the_limit()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var receiver = new WebhookHarness(world, postgres, PerMinute);

        for (var n = 0; n < 3 * PerMinute; n++)
        {
            Assert.Equal(200, await receiver.ReportAsync(NumbersFixture.Token));
        }
    }

    private static int LookUps(WebhookHarness receiver) => receiver.Statements.Count("from provider_accounts");
}
