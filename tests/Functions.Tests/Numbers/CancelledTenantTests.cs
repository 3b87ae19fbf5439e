using System.Collections.Concurrent;
using Functions.Tests.Usage;
using Functions.Tests.WhatsAppSenders;
using NSubstitute;
using Relais.Channels;
using Relais.Kit;
using Relais.WhatsAppSenders;

namespace Functions.Tests.Numbers;

/// <summary>A call for one tenant ends in a cancellation that nobody asked for, as a time limit within a library does.</summary>
public sealed class CancelledTenantTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Review_B09_The_usage_of_the_other_tenants_is_still_refreshed()
    {
        await using var cancelled = await UsageFixture.CreateAsync(postgres);
        await using var other = await UsageFixture.CreateAsync(postgres);
        var asked = new ConcurrentBag<string>();
        cancelled.Source.ReadMonthAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var account = call.Arg<ProviderAccount>().Sid;
            asked.Add(account);
            return account == $"AC{cancelled.Tenant}" ? throw new TaskCanceledException() : Task.FromResult<ProviderResult<List<UsageRecord>>>(new List<UsageRecord>());
        });

        await cancelled.RefreshAll.RunAsync(default);

        Assert.Contains($"AC{cancelled.Tenant}", asked);
        Assert.Contains($"AC{other.Tenant}", asked);
    }

    [Fact]
    public async Task Review_B09_The_WhatsApp_senders_of_the_other_tenants_are_still_synchronised()
    {
        await using var cancelled = await WhatsAppFixture.CreateAsync(postgres);
        await using var other = await WhatsAppFixture.CreateAsync(postgres);
        var asked = new ConcurrentBag<string>();
        var provider = Substitute.For<IWhatsAppSenderProvider>();
        provider.ListAsync(default!).ReturnsForAnyArgs(call =>
        {
            var account = call.Arg<ProviderAccount>();
            asked.Add(account.Sid);
            return account.Sid == cancelled.Account.Sid ? throw new TaskCanceledException() : other.Provider.ListAsync(account);
        });
        var sync = new SyncWhatsAppSenders(other.Campaigns.Db, other.Accounts, provider, other.Targets, TimeProvider.System);

        await new SyncWhatsAppSendersOfAllTenants(other.Campaigns.SystemDb, sync, other.Campaigns.Log.For<SyncWhatsAppSendersOfAllTenants>()).RunAsync(default);

        Assert.Contains(cancelled.Account.Sid, asked);
        Assert.Equal("online", (await other.SenderAsync()).Status);
    }
}
