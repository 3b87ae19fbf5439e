namespace Relais.Simulators;

/// <summary>Everything the simulator knows, and what its parts need of each other.</summary>
internal sealed class Simulation : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public Simulation(TwilioSimulatorOptions options)
    {
        Options = options;
        Clock = new SimulatorClock(options.Time);
        Ledger = new Billing(this);
        Store = new MessageStore(Clock, Ledger.Record);
        Numbers = new NumberInventory(this);
        WhatsAppSenders = new WhatsAppSenderStore(this);
        Agenda = new Scheduler(Clock);
        Webhooks = new WebhookSender(options, Clock);
        Members = new SandboxMembers(Clock, options.JoinCode);
        Callbacks = new StatusCallbacks(this);
        Run = new MessageDelivery(this);
        Choice = new OutcomeSelector(this);
        Inbound = new InboundDelivery(this);
        AutoReplies = new AutoReplies(this);
        Admission = new MessageValidation(this);
        (Delivery, Faults, Replies, Prices) = (options.Delivery, options.Faults, options.Replies, options.Prices);
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

    public Billing Ledger { get; }

    public ScriptedFaults Script { get; } = new();

    public MessageStore Store { get; }

    public Scheduler Agenda { get; }

    public WebhookSender Webhooks { get; }

    public StatusCallbacks Callbacks { get; }

    public MessageDelivery Run { get; }

    public OutcomeSelector Choice { get; }

    public OptOuts OptOuts { get; } = new();

    public SandboxMembers Members { get; }

    public InboundDelivery Inbound { get; }

    public AutoReplies AutoReplies { get; }

    public MessageValidation Admission { get; }

    public RequestCounts Requests { get; } = new();

    public DeliverySettings Delivery
    {
        get;
        set => field = value.OutcomeShares.Keys.FirstOrDefault(name => Outcomes.FindByName(name) is null) is { } unknown
            ? throw new ArgumentException($"There is no outcome {unknown}.")
            : value;
    }

    public FaultSettings Faults { get; set; }

    public ReplySettings Replies { get; set; }

    public PriceSettings Prices { get; set; }

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Nothing is under way: no status due, no callback waiting, nothing inbound.</summary>
    public bool IsIdle => Agenda.Count == 0 && Callbacks.Pending == 0 && Inbound.Pending == 0 && Requests.Open == 0;

    public void Start()
    {
        Agenda.Start();
        Callbacks.Start();
    }

    /// <summary>Adds the sender, or changes the one of that address; it is then a number or a WhatsApp sender of its account.</summary>
    public SimulatedSender Add(SimulatedSender sender)
    {
        var added = Accounts.Add(sender);
        Numbers.AddExisting(sender);
        WhatsAppSenders.Adopt(sender);
        return added.Settings;
    }

    public Message Receive(Sender sender, InboundMessage inbound) => Store.Add((sid, number) => new Message
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

    /// <summary>What the webhook's TwiML, or Twilio itself, answers to an inbound message.</summary>
    public Message Reply(Message inbound, string text) => Store.Add((sid, number) => new Message
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

    /// <summary>Forgets messages, members, opt-outs, faults, rules, usage and what was bought; accounts, senders and owned numbers stay.</summary>
    public void Reset()
    {
        Agenda.Clear();
        Store.Clear();
        Callbacks.Clear();
        OptOuts.Clear();
        Members.Clear();
        AutoReplies.Clear();
        Choice.Clear();
        Admission.Clear();
        Requests.Clear();
        Accounts.EmptyQueues();
        Ledger.Clear();
        Script.Clear();
        Numbers.ForgetHistories();
        WhatsAppSenders.Settle();
        (Delivery, Faults, Replies, Prices) = (Options.Delivery, Options.Faults, Options.Replies, Options.Prices);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Agenda.DisposeAsync();
        await Callbacks.DisposeAsync();
        Webhooks.Dispose();
        Inbound.Dispose();
        _stopping.Dispose();
    }
}
