using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Simulators;

/// <summary>Accounts with their tokens, and the senders they own.</summary>
internal sealed class AccountRegistry
{
    private readonly ConcurrentDictionary<string, SimulatedAccount> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Account, string Address), Sender> _senders = new();

    public IEnumerable<SimulatedAccount> Accounts => _accounts.Values.OrderBy(account => account.Sid, StringComparer.Ordinal);

    public IEnumerable<Sender> Senders => _senders.Values.OrderBy(sender => sender.Address, StringComparer.Ordinal);

    public void Add(SimulatedAccount account)
    {
        _accounts[account.Sid] = account;
        Add(Find(account.Sid, TwilioSimulatorOptions.Sandbox)?.Settings ?? new SimulatedSender(TwilioSimulatorOptions.Sandbox, account.Sid));
    }

    public Sender Add(SimulatedSender sender)
    {
        Get(sender.AccountSid);
        var added = _senders.GetOrAdd((sender.AccountSid, sender.Address), _ => new Sender(sender, this));
        added.Change(sender);
        return added;
    }

    public void Remove(string accountSid, string address) => _senders.TryRemove((accountSid, address), out _);

    public SimulatedAccount Get(string sid) => _accounts.TryGetValue(sid, out var account) ? account : throw new ArgumentException($"There is no account {sid}.", nameof(sid));

    /// <summary>What the change makes of the account as it is now.</summary>
    public SimulatedAccount Change(string sid, Func<SimulatedAccount, SimulatedAccount> with) =>
        _accounts.AddOrUpdate(sid, _ => throw new ArgumentException($"There is no account {sid}.", nameof(sid)), (_, account) => with(account));

    public void Charge(string sid, decimal amount) => Change(sid, account => account with { Balance = account.Balance - amount });

    public Sender? Find(string accountSid, string address) => _senders.GetValueOrDefault((accountSid, address));

    /// <summary>The sender of that address; the account only needs saying for the sandbox, which all share.</summary>
    public Sender? FindAny(string address, string? accountSid) => accountSid is null
        ? Senders.Where(sender => sender.Address == address).OrderByDescending(sender => sender.Settings.InboundUrl is not null).FirstOrDefault()
        : Find(accountSid, address);

    public Sender? FindInService(string accountSid, string serviceSid, bool whatsApp) => Senders.FirstOrDefault(sender =>
        sender.Account.Sid == accountSid && sender.Settings.MessagingServiceSid == serviceSid && sender.IsWhatsApp == whatsApp);

    public bool HasService(string accountSid, string serviceSid) =>
        _senders.Values.Any(sender => sender.Account.Sid == accountSid && sender.Settings.MessagingServiceSid == serviceSid);

    /// <summary>The account that the Basic credentials open; null when they open none.</summary>
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
        return pair.Length == 2 && _accounts.TryGetValue(pair[0], out var account) && IsEqual(account.AuthToken, pair[1]) ? account : null;
    }

    public void EmptyQueues()
    {
        foreach (var sender in _senders.Values)
        {
            sender.Empty();
        }
    }

    private static bool IsEqual(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
