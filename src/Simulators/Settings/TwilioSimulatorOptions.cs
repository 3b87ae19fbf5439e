namespace Relais.Simulators;

/// <summary>The settings and the initial state of a simulator.</summary>
public sealed record TwilioSimulatorOptions
{
    /// <summary>The address of the WhatsApp sandbox, which is a sender of every account.</summary>
    public const string Sandbox = "whatsapp:+14155238886";

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0: any free port.</summary>
    public int Port { get; init; }

    public IReadOnlyList<SimulatedAccount> Accounts { get; init; } = [SimulatedAccount.Demo];

    /// <summary>Senders at the start. The account owns the number of each SMS sender; each WhatsApp sender is online.</summary>
    public IReadOnlyList<SimulatedSender> Senders { get; init; } = [];

    public IReadOnlyList<SimulatedAddress> Addresses { get; init; } = [];

    public IReadOnlyList<SimulatedBundle> Bundles { get; init; } = [];

    public PriceSettings Prices { get; init; } = new();

    /// <summary>Time in milliseconds for which a WhatsApp sender stays ONLINE:UPDATING or CREATING.</summary>
    public int SenderUpdateMs { get; init; } = 200;

    /// <summary>Texts of content templates by SID (HX…), with {{1}}, {{2}} … for the variables.</summary>
    public IReadOnlyDictionary<string, string> Templates { get; init; } = new Dictionary<string, string>();

    public DeliverySettings Delivery { get; init; } = new();

    public FaultSettings Faults { get; init; } = new();

    public ReplySettings Replies { get; init; } = new();

    public int MaxConcurrentCallbacks { get; init; } = 32;

    /// <summary>Whether a webhook without connection overrides (#rc=…) is retried once after a failed connection, as at Twilio.</summary>
    public bool RetryCallbacks { get; init; }

    /// <summary>Query parameters of the status callback URL that may contain the caller's message ID.</summary>
    public IReadOnlyList<string> MessageKeys { get; init; } = ["message", "m"];

    /// <summary>Code of the text "join …" with which a recipient joins the sandbox.</summary>
    public string JoinCode { get; init; } = "happy-otter";

    public int Seed { get; init; } = 1;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
