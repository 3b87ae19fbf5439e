using Relais.DevHost.Seed;
using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>
/// The options of the Twilio simulator in the demo: most messages are delivered, some fail, some recipients reply, and some requests and
/// callbacks are disturbed.
/// </summary>
internal static class DemoSimulator
{
    public const string InvitationSid = "HX00000000000000000000000000000001";

    private const string Invitation =
        "Bonjour {{1}}, ici Loko Taxi 🚖 Réservez votre course à Conakry sur WhatsApp. " +
        "Répondez OUI pour recevoir votre code promo, STOP pour ne plus recevoir nos messages.";

    public static TwilioSimulatorOptions Options(DevState state, int port, Uri publicUrl) => new()
    {
        Port = port,
        Accounts = [.. DemoTenant.All.Select(tenant => new SimulatedAccount(tenant.AccountSid, state.TwilioToken))],
        Senders =
        [
            .. DemoTenant.All.Select(tenant => new SimulatedSender(tenant.ProviderAddress, tenant.AccountSid)
            {
                InboundUrl = new Uri(publicUrl, "/api/webhook-router").ToString(),
            }),
        ],
        Templates = new Dictionary<string, string> { [InvitationSid] = Invitation },
        Delivery = new DeliverySettings
        {
            SendingMs = 50,
            SentMs = 150,
            DeliveredMs = 400,
            ReadMs = 1500,
            ReadShare = 0.7,
            OutcomeShares = new Dictionary<string, double>
            {
                ["undelivered-30005"] = 0.02,
                ["failed-63024"] = 0.02,
                ["failed-63049"] = 0.01,
                ["refused-21211"] = 0.01,
            },
        },
        Replies = new ReplySettings { Share = 0.25, StopShare = 0.02 },
        Faults = new FaultSettings
        {
            LatencyMs = 20,
            LatencyJitterMs = 60,
            CutAfter = 0.005,
            DuplicateCallback = 0.02,
            EarlyCallback = 0.01,
        },
    };
}
