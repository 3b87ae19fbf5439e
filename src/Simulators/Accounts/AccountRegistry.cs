using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Simulators;

/// <summary>Stores the accounts with their auth tokens, and their senders.</summary>
internal sealed class AccountRegistry
{
    private readonly ConcurrentDictionary<string, SimulatedAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Account, string Address), Sender> senders = new();

    public IEnumerable<SimulatedAccount> Accounts => accounts.Values.OrderBy(account => account.Sid, StringComparer.Ordinal);

    public IEnumerable<Sender> Senders => senders.Values.OrderBy(sender => sender.Address, StringComparer.Ordinal);

    /// <summary>Adds or replaces the account, and adds the sandbox as one of its senders.</summary>
    public void Add(SimulatedAccount account)
    {
        accounts[account.Sid] = account;
        Add(Find(account.Sid, TwilioSimulatorOptions.Sandbox)?.Settings
            ?? new SimulatedSender(TwilioSimulatorOptions.Sandbox, account.Sid));
    }

    /// <summary>Adds the sender or changes its settings. Throws when its account does not exist.</summary>
    public Sender Add(SimulatedSender sender)
    {
        Get(sender.AccountSid);
        var added = senders.GetOrAdd((sender.AccountSid, sender.Address), _ => new Sender(sender, this));
        added.Change(sender);
        return added;
    }

    public void Remove(string accountSid, string address) => senders.TryRemove((accountSid, address), out _);

    public SimulatedAccount Get(string sid) => accounts.TryGetValue(sid, out var account)
        ? account
        : throw new ArgumentException($"There is no account {sid}.", nameof(sid));

    /// <summary>Changes the account and returns it.</summary>
    public SimulatedAccount Change(string sid, Func<SimulatedAccount, SimulatedAccount> with) => accounts.AddOrUpdate(
        sid, _ => throw new ArgumentException($"There is no account {sid}.", nameof(sid)), (_, account) => with(account));

    public void Charge(string sid, decimal amount) =>
        Change(sid, account => account with { Balance = account.Balance - amount });

    public Sender? Find(string accountSid, string address) => senders.GetValueOrDefault((accountSid, address));

    /// <summary>Finds the sender with this address.</summary>
    /// <param name="accountSid">account of the sender; null: any account, preferably one whose sender has a webhook</param>
    public Sender? FindAny(string address, string? accountSid) => accountSid is null
        ? Senders.Where(sender => sender.Address == address)
            .OrderByDescending(sender => sender.Settings.InboundUrl is not null)
            .FirstOrDefault()
        : Find(accountSid, address);

    public Sender? FindInService(string accountSid, string serviceSid, bool whatsApp) => Senders.FirstOrDefault(sender =>
        sender.Account.Sid == accountSid
        && sender.Settings.MessagingServiceSid == serviceSid
        && sender.IsWhatsApp == whatsApp);

    public bool HasService(string accountSid, string serviceSid) =>
        senders.Values.Any(sender => sender.Account.Sid == accountSid && sender.Settings.MessagingServiceSid == serviceSid);

    /// <summary>Finds the account of the Basic credentials.</summary>
    /// <returns>the account, or null when the header is missing or the credentials are wrong</returns>
    public SimulatedAccount? Authenticate(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 && accounts.TryGetValue(pair[0], out var account) && IsEqual(account.AuthToken, pair[1])
            ? account
            : null;
    }

    public void EmptyQueues()
    {
        foreach (var sender in senders.Values)
        {
            sender.Empty();
        }
    }

    private static bool IsEqual(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
