using System.Collections.Concurrent;
using Relais.Channels;
using Relais.Kit;

namespace Functions.Tests.Numbers;

/// <summary>A number provider in memory. The next calls can be made to fail, before or after they took effect.</summary>
internal sealed class FakeNumberProvider(FixedClock clock) : INumberProvider
{
    private readonly Lock gate = new();
    private readonly List<(string Account, OwnedNumber Number)> owned = [];
    private readonly Dictionary<string, Queue<Fault>> nextFaults = [];
    private static int sids;

    /// <param name="After">True if the call takes effect before it fails.</param>
    private sealed record Fault(ProviderFailure Failure, bool After);

    public static ProviderFailure Busy { get; } = new(ProviderFailureKind.Refused, "20429", 429);

    public static ProviderFailure Broken { get; } = new(ProviderFailureKind.Unknown, "20500", 500);

    public static ProviderFailure Silent { get; } = new(ProviderFailureKind.Unknown, SendErrorActions.NoAnswer);

    public static ProviderFailure Unreachable { get; } = new(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The accounts by SID. The case of a SID is ignored, as at Twilio.</summary>
    public Dictionary<string, (string Token, AccountInfo Facts)> Accounts { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tokens that are accepted in addition to the primary token of an account.</summary>
    public HashSet<string> SecondaryTokens { get; } = [];

    public Dictionary<string, AvailableNumber> Stock { get; } = [];

    public List<NumberRegulation> Regulations { get; } = [];

    public List<AddressRecord> Addresses { get; } = [];

    public List<BundleRecord> Bundles { get; } = [];

    public Money Balance { get; set; } = new(100, "USD");

    /// <summary>Changes a number after its webhooks were set; unchanged by default.</summary>
    public Func<OwnedNumber, OwnedNumber> Distort { get; set; } = number => number;

    /// <summary>The next purchase waits for this task after it was sent and before it takes effect.</summary>
    public Func<Task>? OnTheWay { get; set; }

    public int Bought => Calls.Count(call => call == "bought");

    public int Released => Calls.Count(call => call == "released");

    public static ProviderFailure Refusal(string code, int status = 400) => new(ProviderFailureKind.Refused, code, status);

    public void ForSale(string number, string requirement = "none", bool sms = true) =>
        Stock[number] = new AvailableNumber(number, number, "Québec", "QC", new NumberCapabilities(sms, sms, true), requirement);

    public void FailNext(string call, ProviderFailure failure, int times = 1, bool after = false)
    {
        lock (gate)
        {
            nextFaults.TryAdd(call, new Queue<Fault>());
            for (var n = 0; n < times; n++)
            {
                nextFaults[call].Enqueue(new Fault(failure, after));
            }
        }
    }

    public IReadOnlyList<OwnedNumber> Of(string account)
    {
        lock (gate)
        {
            return [.. owned.Where(entry => entry.Account == account).Select(entry => entry.Number)];
        }
    }

    public OwnedNumber BuyInConsole(string account, string number, string? smsUrl = null, string? fallbackUrl = null) =>
        Add(account, new OwnedNumber(
            $"PN{Interlocked.Increment(ref sids):x32}", number, number, clock.GetUtcNow(), "local",
            new NumberCapabilities(true, true, true), smsUrl, "POST", fallbackUrl, "POST", null)
        {
            StatusCallback = fallbackUrl is null ? null : "https://relais.example/api/webhook-router",
            StatusCallbackMethod = "POST",
        });

    public void Change(string number, Func<OwnedNumber, OwnedNumber> with)
    {
        lock (gate)
        {
            var at = owned.FindIndex(entry => entry.Number.Number == number);
            owned[at] = (owned[at].Account, with(owned[at].Number));
        }
    }

    public void Remove(string number)
    {
        lock (gate)
        {
            owned.RemoveAll(entry => entry.Number.Number == number);
        }
    }

    public Task<ProviderResult<AccountInfo>> FetchAccountAsync(ProviderCredentials account) => CallAsync<AccountInfo>(
        "account",
        account,
        () => Accounts[account.Sid].Facts is { Sid: "" } facts
            ? facts with { Sid = Accounts.Keys.First(sid => Accounts.Comparer.Equals(sid, account.Sid)) }
            : Accounts[account.Sid].Facts);

    public Task<ProviderResult<Money>> FetchBalanceAsync(ProviderCredentials account) =>
        CallAsync<Money>("balance", account, () => Balance);

    public Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderCredentials account, NumberSearch search) =>
        CallAsync<List<AvailableNumber>>(
            "search",
            account,
            () => search.Country is "CA" or "US" && search.Type == "mobile"
                ? Refusal("20404", 404)
                : Stock.Values.Where(
                    available => owned.All(other => other.Number.Number != available.Number)
                        && (search.Contains is null || available.Number.Contains(search.Contains))).ToList());

    public Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(ProviderCredentials account, string country, string type) =>
        CallAsync<List<NumberRegulation>>("regulations", account, () => Regulations);

    public Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderCredentials account) =>
        CallAsync<List<AddressRecord>>("addresses", account, () => Addresses);

    public Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderCredentials account, string country, string type) =>
        CallAsync<List<BundleRecord>>("bundles", account, () => Bundles);

    public async Task<ProviderResult<OwnedNumber>> BuyAsync(ProviderCredentials account, NumberToBuy toBuy, Func<bool> canStillSend)
    {
        if (!canStillSend())
        {
            return await CallAsync<OwnedNumber>("buy", account, () => Unreachable);
        }

        var inTransit = OnTheWay;
        OnTheWay = null;
        await (inTransit?.Invoke() ?? Task.CompletedTask);
        return await CallAsync<OwnedNumber>("buy", account, () => Sell(account, toBuy));
    }

    private ProviderResult<OwnedNumber> Sell(ProviderCredentials account, NumberToBuy toBuy)
    {
        if (!Stock.ContainsKey(toBuy.Number) || owned.Any(entry => entry.Number.Number == toBuy.Number))
        {
            return Refusal("21422");
        }

        Calls.Enqueue("bought");
        return Add(account.Sid, Distort(new OwnedNumber(
            $"PN{Interlocked.Increment(ref sids):x32}", toBuy.Number, "(418) 555", clock.GetUtcNow(), "local",
            new NumberCapabilities(true, true, true),
            toBuy.Webhooks.SmsUrl.ToString(), "POST", toBuy.Webhooks.SmsFallbackUrl.ToString(), "POST", null)
        {
            StatusCallback = toBuy.Webhooks.StatusCallback.ToString(),
            StatusCallbackMethod = "POST",
        }));
    }

    public Task<ProviderResult<List<OwnedNumber>>> ListAsync(ProviderCredentials account, string? number = null) =>
        CallAsync<List<OwnedNumber>>(
            "list",
            account,
            () => owned.Where(entry => entry.Account == account.Sid && (number is null || entry.Number.Number == number))
                .Select(entry => entry.Number)
                .ToList());

    public Task<ProviderResult<OwnedNumber>> FetchAsync(ProviderCredentials account, string sid) => CallAsync<OwnedNumber>(
        "fetch",
        account,
        () => owned.Find(entry => entry.Account == account.Sid && entry.Number.Sid == sid).Number is { } found
            ? found
            : Refusal("20404", 404));

    public Task<ProviderResult<OwnedNumber>> ConnectAsync(
        ProviderCredentials account, string sid, NumberWebhooks webhooks) => CallAsync<OwnedNumber>("connect", account, () =>
    {
        var at = owned.FindIndex(entry => entry.Account == account.Sid && entry.Number.Sid == sid);
        if (at < 0)
        {
            return Refusal("20404", 404);
        }

        var connected = owned[at].Number with
        {
            SmsUrl = webhooks.SmsUrl.ToString(),
            SmsMethod = "POST",
            SmsFallbackUrl = webhooks.SmsFallbackUrl.ToString(),
            SmsFallbackMethod = "POST",
            SmsApplicationSid = null,
            StatusCallback = webhooks.StatusCallback.ToString(),
            StatusCallbackMethod = "POST",
        };
        owned[at] = (account.Sid, Distort(connected));
        return owned[at].Number;
    });

    public Task<ProviderResult<bool>> ReleaseAsync(ProviderCredentials account, string sid) => CallAsync<bool>("release", account, () =>
    {
        var existed = owned.RemoveAll(entry => entry.Account == account.Sid && entry.Number.Sid == sid) > 0;
        if (existed)
        {
            Calls.Enqueue("released");
        }

        return existed;
    });

    private OwnedNumber Add(string account, OwnedNumber number)
    {
        lock (gate)
        {
            owned.Add((account, number));
            return number;
        }
    }

    private Task<ProviderResult<T>> CallAsync<T>(string call, ProviderCredentials account, Func<ProviderResult<T>> perform)
    {
        lock (gate)
        {
            Calls.Enqueue(call);
            if (!Accounts.TryGetValue(account.Sid, out var stored)
                || (stored.Token != account.Token && !SecondaryTokens.Contains(account.Token)))
            {
                return Task.FromResult<ProviderResult<T>>(Refusal("20003", 401));
            }

            var fault = nextFaults.GetValueOrDefault(call) is { Count: > 0 } queue ? queue.Dequeue() : null;
            if (fault is { After: false })
            {
                return Task.FromResult<ProviderResult<T>>(fault.Failure);
            }

            var result = perform();
            return Task.FromResult(fault is null ? result : fault.Failure);
        }
    }
}
