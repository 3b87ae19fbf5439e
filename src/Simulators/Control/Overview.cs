using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Collects the data that the web page shows.</summary>
internal static class Overview
{
    public static object Create(Simulation simulation) => new
    {
        simulation.Clock.Now,
        simulation.Messages.Version,
        Requests = simulation.Requests.Total,
        simulation.Requests.Unanswered,
        Refused = simulation.Requests.Refused,
        Statuses = simulation.Messages.CountByStatus(),
        CallbackAnswers = simulation.Callbacks.Answers,
        CallbacksPending = simulation.Callbacks.Pending,
        simulation.IsIdle,
        simulation.Faults,
        simulation.Options.JoinCode,
        Senders = simulation.Accounts.Senders.Select(sender => new
        {
            sender.Address,
            AccountSid = sender.Account.Sid,
            sender.Settings.InboundUrl,
            sender.Settings.RatePerSecond,
        }),
        Numbers = simulation.Numbers.Of(null).Select(number => new
        {
            number.PhoneNumber,
            number.FriendlyName,
            number.AccountSid,
            Account = simulation.Accounts.Get(number.AccountSid).FriendlyName,
            Url = number.SmsApplicationSid.Length > 0 ? number.SmsApplicationSid : number.SmsUrl,
        }),
        Members = simulation.SandboxMembers.All.Select(member => new { member.Account, member.Contact, member.Until }),
        OptedOut = simulation.OptOuts.All.Select(pair => pair.Contact),
        Conversations = simulation.Messages.Latest(60).Select(last => new
        {
            Sender = last.Sender.Address,
            AccountSid = last.Sender.Account.Sid,
            last.Contact,
            Name = FirstNames.Of(last.Contact),
            Last = SimulatedMessage.Of(last, simulation.Options.MessageKeys),
        }),
    };

    /// <summary>Returns the messages that the query selects by contact, sender, status and limit, newest last.</summary>
    public static IEnumerable<SimulatedMessage> Messages(Simulation simulation, IQueryCollection query)
    {
        var contact = query["contact"].ToString();
        var sender = query["sender"].ToString();
        var status = query["status"].ToString();
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var number) ? number : 200;
        return (contact.Length > 0 ? simulation.Messages.MessagesOf(contact) : simulation.Messages.All())
            .Where(message => (sender.Length == 0 || message.Sender.Address == sender)
                && (status.Length == 0 || message.Status.Wire() == status))
            .TakeLast(limit)
            .Select(message => SimulatedMessage.Of(message, simulation.Options.MessageKeys));
    }
}
