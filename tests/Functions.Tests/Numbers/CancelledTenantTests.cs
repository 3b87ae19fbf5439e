using System.Collections.Concurrent;
using Functions.Tests.Usage;
using Functions.Tests.WhatsAppSenders;
using NSubstitute;
using Relais.Channels;
using Relais.Kit;
using Relais.WhatsAppSenders;

namespace Functions.Tests.Numbers;

/// <summary>
/// A call for one tenant throws a cancellation that the run did not request, for example at a timeout inside a library. The other
/// tenants must still be processed.
/// </summary>
public sealed class CancelledTenantTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Review_B09_The_usage_of_the_other_tenants_is_still_refreshed()
    {
        await using var cancelled = await UsageFixture.CreateAsync(postgres);
        await using var other = await UsageFixture.CreateAsync(postgres);
        var requestedAccounts = new ConcurrentBag<string>();
        cancelled.Source.ReadMonthAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var account = call.Arg<ProviderCredentials>().Sid;
            requestedAccounts.Add(account);
            return account == cancelled.AccountSid
                ? throw new TaskCanceledException()
                : Task.FromResult<ProviderResult<List<UsageRecord>>>(new List<UsageRecord>());
        });

        await cancelled.RefreshAll.RunAsync(default);

        Assert.Contains(cancelled.AccountSid, requestedAccounts);
        Assert.Contains(other.AccountSid, requestedAccounts);
    }

    [Fact]
    public async Task Review_B09_The_WhatsApp_senders_of_the_other_tenants_are_still_synchronised()
    {
        await using var cancelled = await WhatsAppFixture.CreateAsync(postgres);
        await using var other = await WhatsAppFixture.CreateAsync(postgres);
        var requestedAccounts = new ConcurrentBag<string>();
        var provider = Substitute.For<IWhatsAppSenderProvider>();
        provider.ListAsync(default!).ReturnsForAnyArgs(call =>
        {
            var account = call.Arg<ProviderCredentials>();
            requestedAccounts.Add(account.Sid);
            return account.Sid == cancelled.Account.Sid ? throw new TaskCanceledException() : other.Provider.ListAsync(account);
        });
        var sync = new SyncWhatsAppSenders(other.Db, other.Accounts, provider, other.Targets, TimeProvider.System);

        await new SyncWhatsAppSendersOfAllTenants(
            other.SystemDb, sync, other.Log.For<SyncWhatsAppSendersOfAllTenants>()).RunAsync(default);

        Assert.Contains(cancelled.Account.Sid, requestedAccounts);
        Assert.Equal("online", (await other.SenderAsync()).Status);
    }
}
