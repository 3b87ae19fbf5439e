using System.Globalization;
using Relais.Simulators;

var port = int.Parse(Argument("--port") ?? "4010", CultureInfo.InvariantCulture);
var options = new TwilioSimulatorOptions
{
    Port = port,
    Host = Argument("--host") ?? "127.0.0.1",
    Delivery = new DeliverySettings { SendingMs = 50, SentMs = 150, DeliveredMs = 600, ReadMs = 2500, ReadShare = 0.7 },
    Senders =
    [
        Sender("+15145550100"),
        Sender("whatsapp:+15145550100"),
        Sender(TwilioSimulatorOptions.Sandbox) with { RatePerSecond = null },
    ],
};
await using var simulator = await TwilioSimulator.StartAsync(options);
Console.WriteLine(
    $"Twilio simulator at {simulator.BaseUrl} (account {SimulatedAccount.Demo.Sid}, token {SimulatedAccount.Demo.AuthToken})");
await simulator.WaitForShutdownAsync();

SimulatedSender Sender(string address) =>
    new(address, SimulatedAccount.Demo.Sid) { RatePerSecond = 10, InboundUrl = Argument("--inbound") };

string? Argument(string name) =>
    Array.IndexOf(args, name) is >= 0 and var index && index + 1 < args.Length ? args[index + 1] : null;
