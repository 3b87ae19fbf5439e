using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Relais.Simulators;

/// <summary>Simulates Twilio's HTTP API for tests and demonstrations. The endpoints under /_sim offer the same control over HTTP.</summary>
public sealed partial class TwilioSimulator : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Simulation simulation;

    private TwilioSimulator(WebApplication app, Simulation simulation)
    {
        this.app = app;
        this.simulation = simulation;
    }

    public Uri BaseUrl => new(app.Urls.First());

    /// <summary>True when no work is left: no scheduled status, callback, inbound message or open request.</summary>
    public bool IsIdle => simulation.IsIdle;

    /// <summary>Number of messages accepted so far. Cheap to read, unlike <see cref="Report"/>.</summary>
    public int Accepted => simulation.Messages.CountByStatus().Values.Sum();

    public DateTimeOffset Now => simulation.Clock.Now;

    public FaultSettings Faults
    {
        get => simulation.Faults;
        set => simulation.Faults = value;
    }

    public DeliverySettings Delivery
    {
        get => simulation.DeliverySettings;
        set => simulation.DeliverySettings = value;
    }

    public ReplySettings Replies
    {
        get => simulation.Replies;
        set => simulation.Replies = value;
    }

    public static async Task<TwilioSimulator> StartAsync(TwilioSimulatorOptions? options = null, CancellationToken ct = default)
    {
        options ??= new TwilioSimulatorOptions();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{options.Host}:{options.Port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var app = builder.Build();
        var simulation = new Simulation(options);
        var gate = new RestRequestCheck(simulation);
        new MessageEndpoints(simulation, gate).Map(app);
        new AccountEndpoints(simulation, gate).Map(app);
        new NumberEndpoints(simulation, gate).Map(app);
        new RegulatoryEndpoints(simulation, gate).Map(app);
        new SenderEndpoints(simulation, gate).Map(app);
        new ControlEndpoints(simulation).Map(app);
        PageEndpoint.Map(app);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            await simulation.DisposeAsync();
            throw;
        }

        simulation.Start();
        return new TwilioSimulator(app, simulation);
    }

    public void Add(SimulatedAccount account) => simulation.Accounts.Add(account);

    /// <summary>Adds the sender, or changes the settings of the sender with the same address.</summary>
    public void Add(SimulatedSender sender) => simulation.Add(sender);

    /// <summary>Receives a message from a recipient and delivers it to the sender's webhook.</summary>
    public Task<InboundResult> ReceiveAsync(InboundMessage inbound, CancellationToken ct = default) =>
        simulation.Inbound.ReceiveAsync(inbound, ct);

    /// <summary>Makes the recipient a member of the sandbox, as the join message does.</summary>
    public void JoinSandbox(string contact, string? accountSid = null) =>
        simulation.SandboxMembers.Join(accountSid ?? simulation.Options.Accounts[0].Sid, contact);

    /// <summary>Assigns an outcome to every message to this recipient; null removes the assignment.</summary>
    public void SetOutcome(string address, string? outcome) => simulation.OutcomeSelector.Assign(address, outcome is null
        ? null
        : Outcomes.FindByName(outcome) ?? throw new ArgumentException($"There is no outcome {outcome}.", nameof(outcome)));

    /// <summary>Puts the simulator's clock forward and runs the work that becomes due.</summary>
    public void AdvanceClock(TimeSpan by)
    {
        simulation.Clock.Advance(by);
        simulation.Scheduler.Wake();
    }

    /// <summary>Reports on the messages since the last reset.</summary>
    /// <param name="limits">limits to check the pace against; none: the usual limits</param>
    public SimulatorReport Report(params PaceLimit[] limits) =>
        ReportWriter.Write(simulation, limits.Length == 0 ? PaceLimit.Usual : limits);

    public IReadOnlyList<SimulatedMessage> Messages(string? contact = null) =>
    [
        .. (contact is null ? simulation.Messages.All() : simulation.Messages.MessagesOf(contact))
            .Select(message => SimulatedMessage.Of(message, simulation.Options.MessageKeys)),
    ];

    public void Reset() => simulation.Reset();

    public async ValueTask DisposeAsync()
    {
        await simulation.DisposeAsync();
        await app.DisposeAsync();
    }

    /// <summary>Waits until the process is asked to end.</summary>
    internal Task WaitForShutdownAsync() => app.WaitForShutdownAsync();
}
