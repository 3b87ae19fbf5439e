namespace Relais.Simulators;

public sealed record TwilioSimulatorOptions
{
    /// <summary>The shared number of the WhatsApp sandbox: a sender of every account.</summary>
    public const string Sandbox = "whatsapp:+14155238886";

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0: the system chooses.</summary>
    public int Port { get; init; }

    public IReadOnlyList<SimulatedAccount> Accounts { get; init; } = [SimulatedAccount.Demo];

    /// <summary>An SMS sender is a number that its account owns; a WhatsApp sender is an online sender of its account.</summary>
    public IReadOnlyList<SimulatedSender> Senders { get; init; } = [];

    public IReadOnlyList<SimulatedAddress> Addresses { get; init; } = [];

    public IReadOnlyList<SimulatedBundle> Bundles { get; init; } = [];

    public PriceSettings Prices { get; init; } = new();

    /// <summary>How long a WhatsApp sender stays ONLINE:UPDATING, or CREATING.</summary>
    public int SenderUpdateMs { get; init; } = 200;

    /// <summary>Bodies of content templates by their HX sid, with {{1}}, {{2}} … for the variables.</summary>
    public IReadOnlyDictionary<string, string> Templates { get; init; } = new Dictionary<string, string>();

    public DeliverySettings Delivery { get; init; } = new();

    public FaultSettings Faults { get; init; } = new();

    public ReplySettings Replies { get; init; } = new();

    public int MaxConcurrentCallbacks { get; init; } = 32;

    /// <summary>As Twilio does by default: once more where the connection failed. A callback URL's own #rc=…&amp;rp=… always counts.</summary>
    public bool RetryCallbacks { get; init; }

    /// <summary>The query parameters of the status callback URL that may name the caller's own message.</summary>
    public IReadOnlyList<string> MessageKeys { get; init; } = ["message", "m"];

    /// <summary>A recipient joins the sandbox with the text "join" and this.</summary>
    public string JoinCode { get; init; } = "happy-otter";

    public int Seed { get; init; } = 1;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
