using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Control of accounts, numbers, addresses, bundles, WhatsApp senders and the faults of REST operations.</summary>
internal sealed class TelephonyControl(Simulation simulation)
{
    public void Map(RouteGroupBuilder sim)
    {
        sim.MapGet("/accounts", http => ControlEndpoints.WriteAsync(http, simulation.Accounts.Accounts));
        sim.MapPost("/accounts", ControlEndpoints.WithBody<AccountChange>(Change));
        sim.MapGet("/numbers", http => ControlEndpoints.WriteAsync(http, simulation.Numbers.Of(http.Request.Query["accountSid"].ToString() is { Length: > 0 } sid ? sid : null)));
        sim.MapGet("/numbers/report", http => ControlEndpoints.WriteAsync(http, new NumberReport(simulation.Numbers.Histories)));
        sim.MapPost("/numbers", ControlEndpoints.WithBody<NumberChange>(Change));
        sim.MapPost("/numbers/release", ControlEndpoints.WithBody<NumberRelease>(given => new { released = simulation.Numbers.Release(Owned(given.PhoneNumber), inConsole: true) }));
        sim.MapPost("/addresses", ControlEndpoints.WithBody<SimulatedAddress>(given => { simulation.Regulatory.Add(given); return given; }));
        sim.MapPost("/bundles", ControlEndpoints.WithBody<SimulatedBundle>(given => { simulation.Regulatory.Add(given); return given; }));
        sim.MapGet("/whatsapp-senders", http => ControlEndpoints.WriteAsync(http, simulation.WhatsAppSenders.Of(null)));
        sim.MapPost("/whatsapp-senders", ControlEndpoints.WithBody<WhatsAppSenderChange>(Change));
        sim.MapGet("/prices", http => ControlEndpoints.WriteAsync(http, simulation.Prices));
        sim.MapPut("/prices", ControlEndpoints.WithBody<PriceSettings>(given => simulation.Prices = given));
        sim.MapGet("/faults/next", http => ControlEndpoints.WriteAsync(http, new { simulation.Script.Waiting, simulation.Script.Calls, operations = RestOperations.All }));
        sim.MapPost("/faults/next", ControlEndpoints.WithBody<NextFault>(given =>
        {
            simulation.Script.Fail(given.Operation, given.Fault, given.Times, given.AccountSid);
            return simulation.Script.Waiting;
        }));
    }

    private object Change(AccountChange given)
    {
        if (simulation.Accounts.Accounts.All(account => account.Sid != given.Sid))
        {
            simulation.Accounts.Add(new SimulatedAccount(given.Sid, given.AuthToken ?? throw new ArgumentException("A new account needs an authToken.", nameof(given))));
        }

        return simulation.Accounts.Change(given.Sid, account => account with
        {
            AuthToken = given.AuthToken ?? account.AuthToken,
            FriendlyName = given.FriendlyName ?? account.FriendlyName,
            Status = given.Status ?? account.Status,
            Type = given.Type ?? account.Type,
            OwnerAccountSid = given.OwnerAccountSid ?? account.OwnerAccountSid,
            Balance = given.Balance ?? account.Balance,
        });
    }

    private SimulatedNumber? Change(NumberChange given)
    {
        var owned = simulation.Numbers.Owned(given.PhoneNumber);
        var known = owned ?? new SimulatedNumber(given.PhoneNumber, simulation.Accounts.Get(given.AccountSid ?? "").Sid);
        var changed = known with
        {
            FriendlyName = given.FriendlyName ?? known.FriendlyName,
            SmsUrl = given.SmsUrl ?? known.SmsUrl,
            SmsFallbackUrl = given.SmsFallbackUrl ?? known.SmsFallbackUrl,
            SmsApplicationSid = given.SmsApplicationSid ?? known.SmsApplicationSid,
            StatusCallback = given.StatusCallback ?? known.StatusCallback,
        };
        return owned is null ? simulation.Numbers.Buy(changed, inConsole: true) : simulation.Numbers.Change(changed);
    }

    private SimulatedWhatsAppSender Change(WhatsAppSenderChange given) => simulation.WhatsAppSenders.Change(given.SenderId, sender => sender with
    {
        Status = given.Status ?? sender.Status,
        QualityRating = given.QualityRating ?? sender.QualityRating,
        MessagingLimit = given.MessagingLimit ?? sender.MessagingLimit,
        OfflineReasons = given.OfflineReasons ?? sender.OfflineReasons,
    });

    private SimulatedNumber Owned(string phoneNumber) =>
        simulation.Numbers.Owned(phoneNumber) ?? throw new ArgumentException($"Nobody owns {phoneNumber}.", nameof(phoneNumber));

    private sealed record AccountChange(string Sid, string? AuthToken, string? FriendlyName, string? Status, string? Type, string? OwnerAccountSid, decimal? Balance);

    private sealed record NumberChange(
        string PhoneNumber, string? AccountSid, string? FriendlyName, string? SmsUrl, string? SmsFallbackUrl, string? SmsApplicationSid, string? StatusCallback);

    private sealed record WhatsAppSenderChange(string SenderId, string? Status, string? QualityRating, string? MessagingLimit, IReadOnlyList<OfflineReason>? OfflineReasons);

    private sealed record NumberRelease(string PhoneNumber);

    private sealed record NextFault(string Operation, RestFault Fault, int Times = 1, string? AccountSid = null);
}
