using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The control endpoints for accounts, numbers, addresses, bundles, WhatsApp senders, prices and scripted faults.</summary>
internal sealed class TelephonyControl(Simulation simulation)
{
    public void Map(RouteGroupBuilder sim)
    {
        sim.MapGet("/accounts", http => ControlEndpoints.WriteAsync(http, simulation.Accounts.Accounts));
        sim.MapPost("/accounts", ControlEndpoints.WithBody<AccountChange>(Change));
        sim.MapGet("/numbers", http => ControlEndpoints.WriteAsync(
            http, simulation.Numbers.Of(http.Request.Query["accountSid"].ToString() is { Length: > 0 } sid ? sid : null)));
        sim.MapGet("/numbers/report", http => ControlEndpoints.WriteAsync(http, new NumberReport(simulation.Numbers.Histories)));
        sim.MapPost("/numbers", ControlEndpoints.WithBody<NumberChange>(Change));
        sim.MapPost("/numbers/release", ControlEndpoints.WithBody<NumberRelease>(body => new
        {
            released = simulation.Numbers.Release(Owned(body.PhoneNumber), inConsole: true),
        }));
        sim.MapPost("/addresses", ControlEndpoints.WithBody<SimulatedAddress>(address =>
        {
            simulation.Regulatory.Add(address);
            return address;
        }));
        sim.MapPost("/bundles", ControlEndpoints.WithBody<SimulatedBundle>(bundle =>
        {
            simulation.Regulatory.Add(bundle);
            return bundle;
        }));
        sim.MapGet("/whatsapp-senders", http => ControlEndpoints.WriteAsync(http, simulation.WhatsAppSenders.Of(null)));
        sim.MapPost("/whatsapp-senders", ControlEndpoints.WithBody<WhatsAppSenderChange>(Change));
        sim.MapGet("/prices", http => ControlEndpoints.WriteAsync(http, simulation.Prices));
        sim.MapPut("/prices", ControlEndpoints.WithBody<PriceSettings>(prices => simulation.Prices = prices));
        sim.MapGet("/faults/next", http => ControlEndpoints.WriteAsync(
            http, new { simulation.ScriptedFaults.Waiting, simulation.ScriptedFaults.Calls, operations = RestOperations.All }));
        sim.MapPost("/faults/next", ControlEndpoints.WithBody<NextFault>(next =>
        {
            simulation.ScriptedFaults.Fail(next.Operation, next.Fault, next.Times, next.AccountSid);
            return simulation.ScriptedFaults.Waiting;
        }));
    }

    private object Change(AccountChange change)
    {
        if (simulation.Accounts.Accounts.All(account => account.Sid != change.Sid))
        {
            var authToken = change.AuthToken ?? throw new ArgumentException("A new account needs an authToken.", nameof(change));
            simulation.Accounts.Add(new SimulatedAccount(change.Sid, authToken));
        }

        return simulation.Accounts.Change(change.Sid, account => account with
        {
            AuthToken = change.AuthToken ?? account.AuthToken,
            FriendlyName = change.FriendlyName ?? account.FriendlyName,
            Status = change.Status ?? account.Status,
            Type = change.Type ?? account.Type,
            OwnerAccountSid = change.OwnerAccountSid ?? account.OwnerAccountSid,
            Balance = change.Balance ?? account.Balance,
        });
    }

    private SimulatedNumber? Change(NumberChange change)
    {
        var owned = simulation.Numbers.Owned(change.PhoneNumber);
        var present = owned ?? new SimulatedNumber(change.PhoneNumber, simulation.Accounts.Get(change.AccountSid ?? "").Sid);
        var changed = present with
        {
            FriendlyName = change.FriendlyName ?? present.FriendlyName,
            SmsUrl = change.SmsUrl ?? present.SmsUrl,
            SmsFallbackUrl = change.SmsFallbackUrl ?? present.SmsFallbackUrl,
            SmsApplicationSid = change.SmsApplicationSid ?? present.SmsApplicationSid,
            StatusCallback = change.StatusCallback ?? present.StatusCallback,
        };
        return owned is null ? simulation.Numbers.Buy(changed, inConsole: true) : simulation.Numbers.Change(changed);
    }

    private SimulatedWhatsAppSender Change(WhatsAppSenderChange change) =>
        simulation.WhatsAppSenders.Change(change.SenderId, sender => sender with
        {
            Status = change.Status ?? sender.Status,
            QualityRating = change.QualityRating ?? sender.QualityRating,
            MessagingLimit = change.MessagingLimit ?? sender.MessagingLimit,
            OfflineReasons = change.OfflineReasons ?? sender.OfflineReasons,
        });

    private SimulatedNumber Owned(string phoneNumber) =>
        simulation.Numbers.Owned(phoneNumber) ?? throw new ArgumentException($"No account owns {phoneNumber}.", nameof(phoneNumber));

    private sealed record AccountChange(
        string Sid, string? AuthToken, string? FriendlyName, string? Status, string? Type, string? OwnerAccountSid, decimal? Balance);

    private sealed record NumberChange(
        string PhoneNumber, string? AccountSid, string? FriendlyName,
        string? SmsUrl, string? SmsFallbackUrl, string? SmsApplicationSid, string? StatusCallback);

    private sealed record WhatsAppSenderChange(
        string SenderId, string? Status, string? QualityRating, string? MessagingLimit, IReadOnlyList<OfflineReason>? OfflineReasons);

    private sealed record NumberRelease(string PhoneNumber);

    private sealed record NextFault(string Operation, RestFault Fault, int Times = 1, string? AccountSid = null);
}
