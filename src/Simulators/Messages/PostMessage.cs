using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Answers POST Messages.json, with the delays and faults that apply to the request.</summary>
internal sealed class PostMessage(Simulation simulation)
{
    public async Task HandleAsync(HttpContext http, SimulatedAccount account)
    {
        var arrived = simulation.Clock.Microseconds;
        var open = simulation.Requests.Begin();
        http.Response.Headers["Twilio-Concurrent-Requests"] = open.ToString(CultureInfo.InvariantCulture);
        try
        {
            await DelayAsync(http);
            if (simulation.Faults.MaxConcurrentRequests is > 0 and var limit && open > limit)
            {
                await RefuseAsync(http, TwilioFault.Busy);
                return;
            }

            await HandleAsync(http, account, arrived);
        }
        catch (OperationCanceledException)
        {
            // The caller closed the connection.
        }
        finally
        {
            simulation.Requests.End();
        }
    }

    private async Task HandleAsync(HttpContext http, SimulatedAccount account, long arrived)
    {
        var fields = http.Request.HasFormContentType
            ? await http.Request.ReadFormAsync(http.RequestAborted)
            : FormCollection.Empty;
        var (form, fault) = MessageForm.Read(fields, simulation.Clock.Now);
        if (form is null)
        {
            await RefuseAsync(http, fault!);
            return;
        }

        var requestNumber = simulation.OutcomeSelector.CountRequest(form.To);
        var outcome = AddGlobalFaults(simulation.OutcomeSelector.Select(form.To, requestNumber), $"{form.To} {requestNumber}");
        if (await FailBeforeAcceptanceAsync(http, outcome))
        {
            return;
        }

        var (sender, senderFault) = simulation.Validation.FindSender(account, form);
        if ((senderFault ?? simulation.Validation.FindFault(sender!, form)) is { } refusal)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        var (message, slot) = simulation.Validation.Accept(sender!, form, outcome, arrived);
        await AnswerAsync(http, message, slot);
    }

    private async Task AnswerAsync(HttpContext http, Message message, DateTimeOffset slot)
    {
        if (message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
        {
            await simulation.MessageDelivery.StartEarlyAsync(message, slot, simulation.Stopping);
        }

        if (message.Outcome.Wire is WireFault.HangAfter or WireFault.CutAfter)
        {
            if (!message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
            {
                simulation.MessageDelivery.Start(message, slot);
            }

            await DropAnswerAsync(http, message.Outcome.Wire == WireFault.HangAfter);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status201Created;
        await MessageEndpoints.WriteAsync(http, message);
        await http.Response.CompleteAsync();
        if (!message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
        {
            simulation.MessageDelivery.Start(message, slot);
        }
    }

    /// <returns>true when the outcome refuses the request or leaves it without an answer</returns>
    private async Task<bool> FailBeforeAcceptanceAsync(HttpContext http, Outcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            await RefuseAsync(http, refusal);
            return true;
        }

        switch (outcome.Wire)
        {
            case WireFault.HtmlUnavailable:
                simulation.Requests.CountRefused(503);
                await DroppedResponse.WriteProxyPageAsync(http);
                return true;
            case WireFault.HangBefore or WireFault.CutBefore:
                await DropAnswerAsync(http, outcome.Wire == WireFault.HangBefore);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds the faults of <see cref="FaultSettings"/> that apply to this request to its outcome.</summary>
    private Outcome AddGlobalFaults(Outcome outcome, string subject)
    {
        var faults = simulation.Faults;
        bool Applies(double share, string purpose) =>
            share > 0 && SeededRandom.Roll(simulation.Options.Seed, subject, purpose) < share;
        if (Applies(faults.EarlyCallback, "early"))
        {
            outcome = outcome with { Callbacks = outcome.Callbacks | CallbackFaults.Early };
        }

        return outcome switch
        {
            { Refusal: not null } or { Wire: not WireFault.None } => outcome,
            _ when Applies(faults.TooManyRequests, "429") => outcome with { Refusal = TwilioFault.Busy },
            _ when Applies(faults.ServerError, "500") => outcome with { Refusal = TwilioFault.Internal },
            _ when Applies(faults.Unavailable, "503") => outcome with { Wire = WireFault.HtmlUnavailable },
            _ when Applies(faults.HangBefore, "hang-before") => outcome with { Wire = WireFault.HangBefore },
            _ when Applies(faults.CutBefore, "cut-before") => outcome with { Wire = WireFault.CutBefore },
            _ when Applies(faults.HangAfter, "hang-after") => outcome with { Wire = WireFault.HangAfter },
            _ when Applies(faults.CutAfter, "cut-after") => outcome with { Wire = WireFault.CutAfter },
            _ => outcome,
        };
    }

    private async Task DelayAsync(HttpContext http)
    {
        var faults = simulation.Faults;
        var milliseconds = faults.LatencyMs
            + (faults.LatencyJitterMs * SeededRandom.Roll(simulation.Options.Seed, $"{simulation.Requests.Total}", "latency"));
        if (milliseconds >= 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), simulation.Options.Time, http.RequestAborted);
        }
    }

    private Task RefuseAsync(HttpContext http, TwilioFault fault)
    {
        simulation.Requests.CountRefused(fault.Code);
        return fault.WriteAsync(http);
    }

    private Task DropAnswerAsync(HttpContext http, bool holdFirst)
    {
        simulation.Requests.CountUnanswered();
        return DroppedResponse.DropConnectionAsync(simulation, http, holdFirst);
    }
}
