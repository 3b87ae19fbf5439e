namespace Relais.Simulators;

/// <summary>Numbers, accounts, addresses, bundles and WhatsApp senders, and the faults of the REST operations around them.</summary>
public sealed partial class TwilioSimulator
{
    public PriceSettings Prices
    {
        get => _simulation.Prices;
        set => _simulation.Prices = value;
    }

    /// <summary>How often each REST operation was called, by its name (numbers.create …), refused or not.</summary>
    public IReadOnlyDictionary<string, int> Calls => _simulation.Script.Calls;

    /// <summary>The account with what its balance is now.</summary>
    public SimulatedAccount Account(string sid) => _simulation.Accounts.Get(sid);

    /// <summary>Other settings for the account: its status, type, token, balance.</summary>
    public SimulatedAccount Change(string accountSid, Func<SimulatedAccount, SimulatedAccount> with) => _simulation.Accounts.Change(accountSid, with);

    public void Add(SimulatedAddress address) => _simulation.Regulatory.Add(address);

    public void Add(SimulatedBundle bundle) => _simulation.Regulatory.Add(bundle);

    /// <summary>The numbers that an account owns, or all.</summary>
    public IReadOnlyList<SimulatedNumber> Numbers(string? accountSid = null) => _simulation.Numbers.Of(accountSid);

    /// <summary>What became of the numbers since the last reset.</summary>
    public NumberReport NumberReport() => new(_simulation.Numbers.Histories);

    /// <summary>Buys the number by hand, whether it is for sale or not; charged, not checked.</summary>
    public SimulatedNumber BuyInConsole(SimulatedNumber number) =>
        _simulation.Numbers.Buy(number, inConsole: true) ?? throw new ArgumentException($"{number.PhoneNumber} has an owner.", nameof(number));

    public SimulatedNumber ChangeInConsole(string phoneNumber, Func<SimulatedNumber, SimulatedNumber> with) =>
        _simulation.Numbers.Change(with(Owned(phoneNumber))) ?? throw new ArgumentException($"{phoneNumber} has no owner any more.", nameof(phoneNumber));

    public void ReleaseInConsole(string phoneNumber) => _simulation.Numbers.Release(Owned(phoneNumber), inConsole: true);

    /// <summary>The WhatsApp senders of an account, or all; without the sandbox.</summary>
    public IReadOnlyList<SimulatedWhatsAppSender> WhatsAppSenders(string? accountSid = null) => _simulation.WhatsAppSenders.Of(accountSid);

    /// <summary>Changes a WhatsApp sender at once: its status, quality, limit, reasons, profile or webhook.</summary>
    public SimulatedWhatsAppSender ChangeWhatsAppSender(string senderId, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> with) =>
        _simulation.WhatsAppSenders.Change(senderId, with);

    /// <summary>The next so many requests of the operation meet the fault; then all is well again. None takes back what waits.</summary>
    /// <param name="operation">numbers.create, numbers.list …, or numbers.* for all of them</param>
    /// <param name="fault">what they meet</param>
    /// <param name="times">how many of them</param>
    /// <param name="accountSid">only this account's</param>
    public void FailNext(string operation, RestFault fault, int times = 1, string? accountSid = null) => _simulation.Script.Fail(operation, fault, times, accountSid);

    private SimulatedNumber Owned(string phoneNumber) =>
        _simulation.Numbers.Owned(phoneNumber) ?? throw new ArgumentException($"Nobody owns {phoneNumber}.", nameof(phoneNumber));
}
