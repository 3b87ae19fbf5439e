using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>POST Messages.json, with whatever goes wrong on the wire.</summary>
internal sealed class PostMessage(Simulation simulation)
{
    public async Task HandleAsync(HttpContext http, SimulatedAccount account)
    {
        var arrived = simulation.Clock.Microseconds;
        var open = simulation.Requests.Begin();
        http.Response.Headers["Twilio-Concurrent-Requests"] = open.ToString(CultureInfo.InvariantCulture);
        try
        {
            await LatencyAsync(http);
            if (simulation.Faults.MaxConcurrentRequests is > 0 and var most && open > most)
            {
                await RefuseAsync(http, TwilioFault.Busy);
                return;
            }

            await HandleAsync(http, account, arrived);
        }
        catch (OperationCanceledException)
        {
            // the caller gave up
        }
        finally
        {
            simulation.Requests.End();
        }
    }

    private async Task HandleAsync(HttpContext http, SimulatedAccount account, long arrived)
    {
        var (form, fault) = MessageForm.Read(http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty, simulation.Clock.Now);
        if (form is null)
        {
            await RefuseAsync(http, fault!);
            return;
        }

        var request = simulation.Choice.CountRequest(form.To);
        var outcome = Overlay(simulation.Choice.Select(form.To, request), $"{form.To} {request}");
        if (await FailsBeforeAsync(http, outcome))
        {
            return;
        }

        var (sender, noSender) = simulation.Admission.FindSender(account, form);
        if ((noSender ?? simulation.Admission.FindFault(sender!, form)) is { } refusal)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        var (message, slot) = simulation.Admission.Accept(sender!, form, outcome, arrived);
        await AnswerAsync(http, message, slot);
    }

    private async Task AnswerAsync(HttpContext http, Message message, DateTimeOffset slot)
    {
        if (message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
        {
            await simulation.Run.StartEarlyAsync(message, slot, simulation.Stopping);
        }

        if (message.Outcome.Wire is WireFault.HangAfter or WireFault.CutAfter)
        {
            if (!message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
            {
                simulation.Run.Start(message, slot);
            }

            await LoseAsync(http, message.Outcome.Wire == WireFault.HangAfter);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status201Created;
        await MessageEndpoints.WriteAsync(http, message);
        await http.Response.CompleteAsync();
        if (!message.Outcome.Callbacks.HasFlag(CallbackFaults.Early))
        {
            simulation.Run.Start(message, slot);
        }
    }

    private async Task<bool> FailsBeforeAsync(HttpContext http, Outcome outcome)
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
                await LoseAsync(http, outcome.Wire == WireFault.HangBefore);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The outcome with the global faults that this request meets.</summary>
    private Outcome Overlay(Outcome outcome, string about)
    {
        var faults = simulation.Faults;
        bool Meets(double share, string question) => share > 0 && SeededRandom.Roll(simulation.Options.Seed, about, question) < share;
        if (Meets(faults.EarlyCallback, "early"))
        {
            outcome = outcome with { Callbacks = outcome.Callbacks | CallbackFaults.Early };
        }

        return outcome switch
        {
            { Refusal: not null } or { Wire: not WireFault.None } => outcome,
            _ when Meets(faults.TooManyRequests, "429") => outcome with { Refusal = TwilioFault.Busy },
            _ when Meets(faults.ServerError, "500") => outcome with { Refusal = TwilioFault.Internal },
            _ when Meets(faults.Unavailable, "503") => outcome with { Wire = WireFault.HtmlUnavailable },
            _ when Meets(faults.HangBefore, "hang-before") => outcome with { Wire = WireFault.HangBefore },
            _ when Meets(faults.CutBefore, "cut-before") => outcome with { Wire = WireFault.CutBefore },
            _ when Meets(faults.HangAfter, "hang-after") => outcome with { Wire = WireFault.HangAfter },
            _ when Meets(faults.CutAfter, "cut-after") => outcome with { Wire = WireFault.CutAfter },
            _ => outcome,
        };
    }

    private async Task LatencyAsync(HttpContext http)
    {
        var faults = simulation.Faults;
        var milliseconds = faults.LatencyMs + (faults.LatencyJitterMs * SeededRandom.Roll(simulation.Options.Seed, $"{simulation.Requests.Total}", "latency"));
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

    private Task LoseAsync(HttpContext http, bool holdFirst)
    {
        simulation.Requests.CountUnanswered();
        return DroppedResponse.DropConnectionAsync(simulation, http, holdFirst);
    }
}
