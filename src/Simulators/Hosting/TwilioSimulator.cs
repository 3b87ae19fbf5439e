using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Relais.Simulators;

/// <summary>Twilio on the wire, for tests and demonstrations. The same control is at /_sim over HTTP.</summary>
public sealed partial class TwilioSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Simulation _simulation;

    private TwilioSimulator(WebApplication app, Simulation simulation)
    {
        _app = app;
        _simulation = simulation;
    }

    public Uri BaseUrl => new(_app.Urls.First());

    /// <summary>No status is due, no callback waits, nothing inbound is under way.</summary>
    public bool IsIdle => _simulation.IsIdle;

    /// <summary>Messages accepted so far. Costs little, unlike <see cref="Report"/>.</summary>
    public int Accepted => _simulation.Store.CountByStatus().Values.Sum();

    public DateTimeOffset Now => _simulation.Clock.Now;

    public FaultSettings Faults
    {
        get => _simulation.Faults;
        set => _simulation.Faults = value;
    }

    public DeliverySettings Delivery
    {
        get => _simulation.Delivery;
        set => _simulation.Delivery = value;
    }

    public ReplySettings Replies
    {
        get => _simulation.Replies;
        set => _simulation.Replies = value;
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

    public void Add(SimulatedAccount account) => _simulation.Accounts.Add(account);

    /// <summary>Adds the sender, or changes the one of that address.</summary>
    public void Add(SimulatedSender sender) => _simulation.Add(sender);

    /// <summary>A message from a recipient, brought to the sender's webhook.</summary>
    public Task<InboundResult> ReceiveAsync(InboundMessage inbound, CancellationToken ct = default) => _simulation.Inbound.ReceiveAsync(inbound, ct);

    /// <summary>Makes the recipient a member of the sandbox, as the join message does.</summary>
    public void JoinSandbox(string contact, string? accountSid = null) =>
        _simulation.Members.Join(accountSid ?? _simulation.Options.Accounts[0].Sid, contact);

    /// <summary>The recipient meets this outcome whatever its number; null takes it back.</summary>
    public void SetOutcome(string address, string? outcome) => _simulation.Choice.Assign(address, outcome is null
        ? null
        : Outcomes.FindByName(outcome) ?? throw new ArgumentException($"There is no outcome {outcome}.", nameof(outcome)));

    /// <summary>Puts the simulator's clock forward; what falls due happens.</summary>
    public void AdvanceClock(TimeSpan by)
    {
        _simulation.Clock.Advance(by);
        _simulation.Agenda.Wake();
    }

    public SimulatorReport Report(params PaceLimit[] limits) => ReportWriter.Write(_simulation, limits.Length == 0 ? PaceLimit.Usual : limits);

    public IReadOnlyList<SimulatedMessage> Messages(string? contact = null) =>
        [.. (contact is null ? _simulation.Store.All() : _simulation.Store.MessagesOf(contact)).Select(message => SimulatedMessage.Of(message, _simulation.Options.MessageKeys))];

    public void Reset() => _simulation.Reset();

    public async ValueTask DisposeAsync()
    {
        await _simulation.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Until the process is asked to end.</summary>
    internal Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();
}
