namespace Relais.Simulators;

public sealed record TwilioSimulatorOptions
{
    /// <summary>The shared number of the WhatsApp sandbox: a sender of every account.</summary>
    public const string Sandbox = "whatsapp:+14155238886";

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0: the system chooses.</summary>
    public int Port { get; init; }

    public IReadOnlyList<SimulatedAccount> Accounts { get; init; } = [SimulatedAccount.Demo];

    public IReadOnlyList<SimulatedSender> Senders { get; init; } = [];

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

public sealed record SimulatedAccount(string Sid, string AuthToken)
{
    public static SimulatedAccount Demo { get; } = new("AC00000000000000000000000000000001", "0123456789abcdef0123456789abcdef");
}

/// <param name="Address">+15145550100, or whatsapp:+15145550100</param>
/// <param name="AccountSid">whose it is</param>
public sealed record SimulatedSender(string Address, string AccountSid)
{
    /// <summary>Where inbound messages go.</summary>
    public string? InboundUrl { get; init; }

    public string? FallbackUrl { get; init; }

    /// <summary>Messages (SMS: segments) that leave the sender's queue in a second; without limit when absent.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>WhatsApp: free text only within 24 hours of the recipient's last message, otherwise 63016.</summary>
    public bool EnforceWindow { get; init; } = true;

    /// <summary>Inbound keywords carry OptOutType.</summary>
    public bool AdvancedOptOut { get; init; }

    /// <summary>The Messaging Service whose pool holds this sender.</summary>
    public string? MessagingServiceSid { get; init; }
}
