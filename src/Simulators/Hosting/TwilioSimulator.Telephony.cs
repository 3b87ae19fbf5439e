namespace Relais.Simulators;

/// <summary>Control of numbers, accounts, addresses, bundles and WhatsApp senders, and of the faults of their REST operations.</summary>
public sealed partial class TwilioSimulator
{
    public PriceSettings Prices
    {
        get => simulation.Prices;
        set => simulation.Prices = value;
    }

    /// <summary>Number of calls by REST operation (numbers.create …), refused calls included.</summary>
    public IReadOnlyDictionary<string, int> Calls => simulation.ScriptedFaults.Calls;

    /// <summary>The account with its present balance.</summary>
    public SimulatedAccount Account(string sid) => simulation.Accounts.Get(sid);

    /// <summary>Changes the account: its status, type, auth token or balance.</summary>
    public SimulatedAccount Change(string accountSid, Func<SimulatedAccount, SimulatedAccount> with) =>
        simulation.Accounts.Change(accountSid, with);

    public void Add(SimulatedAddress address) => simulation.Regulatory.Add(address);

    public void Add(SimulatedBundle bundle) => simulation.Regulatory.Add(bundle);

    /// <summary>The numbers that an account owns; null: the numbers of all accounts.</summary>
    public IReadOnlyList<SimulatedNumber> Numbers(string? accountSid = null) => simulation.Numbers.Of(accountSid);

    /// <summary>Purchases, releases and owners of the numbers since the last reset.</summary>
    public NumberReport NumberReport() => new(simulation.Numbers.Histories);

    /// <summary>Buys the number as in the Twilio console: the account is charged, nothing is checked.</summary>
    public SimulatedNumber BuyInConsole(SimulatedNumber number) =>
        simulation.Numbers.Buy(number, inConsole: true)
        ?? throw new ArgumentException($"{number.PhoneNumber} is already owned.", nameof(number));

    public SimulatedNumber ChangeInConsole(string phoneNumber, Func<SimulatedNumber, SimulatedNumber> with) =>
        simulation.Numbers.Change(with(Owned(phoneNumber)))
        ?? throw new ArgumentException($"{phoneNumber} was released meanwhile.", nameof(phoneNumber));

    public void ReleaseInConsole(string phoneNumber) =>
        simulation.Numbers.Release(Owned(phoneNumber), inConsole: true);

    /// <summary>The WhatsApp senders of an account without the sandbox; null: the senders of all accounts.</summary>
    public IReadOnlyList<SimulatedWhatsAppSender> WhatsAppSenders(string? accountSid = null) =>
        simulation.WhatsAppSenders.Of(accountSid);

    /// <summary>Changes a WhatsApp sender immediately: its status, quality, limit, offline reasons, profile or webhook.</summary>
    public SimulatedWhatsAppSender ChangeWhatsAppSender(
        string senderId, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> with) =>
        simulation.WhatsAppSenders.Change(senderId, with);

    /// <summary>Lets the next requests of an operation get a fault. Later requests succeed again.</summary>
    /// <param name="operation">numbers.create, numbers.list …, or numbers.* for all operations of numbers</param>
    /// <param name="fault">the fault that these requests get</param>
    /// <param name="times">number of requests; 0 removes the faults that are queued</param>
    /// <param name="accountSid">account whose requests get the fault; null: any account</param>
    public void FailNext(string operation, RestFault fault, int times = 1, string? accountSid = null) =>
        simulation.ScriptedFaults.Fail(operation, fault, times, accountSid);

    private SimulatedNumber Owned(string phoneNumber) =>
        simulation.Numbers.Owned(phoneNumber) ?? throw new ArgumentException($"No account owns {phoneNumber}.", nameof(phoneNumber));
}
