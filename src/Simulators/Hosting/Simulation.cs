namespace Relais.Simulators;

/// <summary>The state of the simulator, and the parts that work on it.</summary>
internal sealed class Simulation : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();

    public Simulation(TwilioSimulatorOptions options)
    {
        Options = options;
        Clock = new SimulatorClock(options.Time);
        Billing = new Billing(this);
        Messages = new MessageStore(Clock, Billing.Record);
        Numbers = new NumberInventory(this);
        WhatsAppSenders = new WhatsAppSenderStore(this);
        Scheduler = new Scheduler(Clock);
        Webhooks = new WebhookSender(options, Clock);
        SandboxMembers = new SandboxMembers(Clock, options.JoinCode);
        Callbacks = new StatusCallbacks(this);
        MessageDelivery = new MessageDelivery(this);
        OutcomeSelector = new OutcomeSelector(this);
        Inbound = new InboundDelivery(this);
        AutoReplies = new AutoReplies(this);
        Validation = new MessageValidation(this);
        (DeliverySettings, Faults, Replies, Prices) = (options.Delivery, options.Faults, options.Replies, options.Prices);
        foreach (var account in options.Accounts)
        {
            Accounts.Add(account);
        }

        foreach (var sender in options.Senders)
        {
            Add(sender);
        }

        foreach (var address in options.Addresses)
        {
            Regulatory.Add(address);
        }

        foreach (var bundle in options.Bundles)
        {
            Regulatory.Add(bundle);
        }
    }

    public TwilioSimulatorOptions Options { get; }

    public SimulatorClock Clock { get; }

    public AccountRegistry Accounts { get; } = new();

    public NumberInventory Numbers { get; }

    public WhatsAppSenderStore WhatsAppSenders { get; }

    public RegulatoryRecords Regulatory { get; } = new();

    public Billing Billing { get; }

    public ScriptedFaults ScriptedFaults { get; } = new();

    public MessageStore Messages { get; }

    public Scheduler Scheduler { get; }

    public WebhookSender Webhooks { get; }

    public StatusCallbacks Callbacks { get; }

    public MessageDelivery MessageDelivery { get; }

    public OutcomeSelector OutcomeSelector { get; }

    public OptOuts OptOuts { get; } = new();

    public SandboxMembers SandboxMembers { get; }

    public InboundDelivery Inbound { get; }

    public AutoReplies AutoReplies { get; }

    public MessageValidation Validation { get; }

    public RequestCounts Requests { get; } = new();

    public DeliverySettings DeliverySettings
    {
        get;
        set => field = value.OutcomeShares.Keys.FirstOrDefault(name => Outcomes.FindByName(name) is null) is { } unknown
            ? throw new ArgumentException($"There is no outcome {unknown}.")
            : value;
    }

    public FaultSettings Faults { get; set; }

    public ReplySettings Replies { get; set; }

    public PriceSettings Prices { get; set; }

    public CancellationToken Stopping => stopping.Token;

    /// <summary>True when no work is left: no scheduled status, callback, inbound message or open request.</summary>
    public bool IsIdle => Scheduler.Count == 0 && Callbacks.Pending == 0 && Inbound.Pending == 0 && Requests.Open == 0;

    public void Start()
    {
        Scheduler.Start();
        Callbacks.Start();
    }

    /// <summary>Adds the sender or changes its settings, and adds its number or WhatsApp sender to the account.</summary>
    public SimulatedSender Add(SimulatedSender sender)
    {
        var added = Accounts.Add(sender);
        Numbers.AddExisting(sender);
        WhatsAppSenders.Adopt(sender);
        return added.Settings;
    }

    /// <summary>Stores a message from a recipient.</summary>
    public Message Receive(Sender sender, InboundMessage inbound) => Messages.Add((sid, number) => new Message
    {
        Sid = sid,
        Number = number,
        Sender = sender,
        Contact = inbound.From,
        Direction = Direction.Inbound,
        CreatedAt = Clock.Now,
        UpdatedAt = Clock.Now,
        SentAt = Clock.Now,
        ArrivedMicroseconds = Clock.Microseconds,
        Outcome = Outcome.Delivered,
        Body = inbound.ButtonText ?? inbound.Body,
        Media = (byte)inbound.MediaUrls.Count,
        Segments = (byte)Math.Min(255, Segments.Count(inbound.Body)),
        Status = MessageStatus.Received,
    });

    /// <summary>Stores a reply to an inbound message, from the TwiML of the webhook or from Twilio.</summary>
    public Message Reply(Message inbound, string text) => Messages.Add((sid, number) => new Message
    {
        Sid = sid,
        Number = number,
        Sender = inbound.Sender,
        Contact = inbound.Contact,
        Direction = Direction.OutboundReply,
        CreatedAt = Clock.Now,
        UpdatedAt = Clock.Now,
        SentAt = Clock.Now,
        ArrivedMicroseconds = Clock.Microseconds,
        Outcome = Outcome.Delivered,
        Body = text,
        Segments = (byte)Math.Min(255, Segments.Count(text)),
        Status = MessageStatus.Delivered,
    });

    /// <summary>
    /// Deletes messages, sandbox members, opt-outs, faults, assigned outcomes, usage and number histories, and restores the settings.
    /// Accounts, senders and owned numbers stay.
    /// </summary>
    public void Reset()
    {
        Scheduler.Clear();
        Messages.Clear();
        Callbacks.Clear();
        OptOuts.Clear();
        SandboxMembers.Clear();
        AutoReplies.Clear();
        OutcomeSelector.Clear();
        Validation.Clear();
        Requests.Clear();
        Accounts.EmptyQueues();
        Billing.Clear();
        ScriptedFaults.Clear();
        Numbers.ForgetHistories();
        WhatsAppSenders.Settle();
        (DeliverySettings, Faults, Replies, Prices) = (Options.Delivery, Options.Faults, Options.Replies, Options.Prices);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Scheduler.DisposeAsync();
        await Callbacks.DisposeAsync();
        Webhooks.Dispose();
        Inbound.Dispose();
        stopping.Dispose();
    }
}
