using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Checks credentials and account status before every REST operation, and applies the scripted faults.</summary>
internal sealed class RestRequestCheck(Simulation simulation)
{
    private static readonly TwilioFault AccountNotActive = new(20005, 403, "Account not active");

    /// <summary>Wraps an operation in these checks.</summary>
    /// <param name="operation">name from <see cref="RestOperations"/>, for counts and scripted faults</param>
    public RequestDelegate Of(string operation, Func<HttpContext, SimulatedAccount, RestAnswer> perform) =>
        Of(operation, (http, account) => Task.FromResult(perform(http, account)));

    public RequestDelegate Of(string operation, Func<HttpContext, SimulatedAccount, Task<RestAnswer>> perform) => async http =>
    {
        try
        {
            await HandleAsync(http, operation, perform);
        }
        catch (OperationCanceledException)
        {
            // The caller closed the connection.
        }
    };

    /// <returns>the account, or the error to answer with; exactly one of the two is null</returns>
    public (SimulatedAccount? Account, TwilioFault? Fault) Authenticate(HttpContext http, string? operation = null)
    {
        http.Response.Headers["Twilio-Concurrent-Requests"] = Math.Max(1, simulation.Requests.Open).ToString(CultureInfo.InvariantCulture);
        var account = simulation.Accounts.Authenticate(http.Request.Headers.Authorization);
        if (account is null || account.Status == "closed")
        {
            simulation.Requests.CountRefused(20003);
            return (null, TwilioFault.Unauthorized);
        }

        if (http.GetRouteValue("account") is string requestedSid && requestedSid != account.Sid)
        {
            return (null, TwilioFault.NotFound(http.Request.Path));
        }

        return account.Status == "suspended" && operation is not (RestOperations.AccountFetch or RestOperations.Balance)
            ? (null, AccountNotActive)
            : (account, null);
    }

    private async Task HandleAsync(HttpContext http, string operation, Func<HttpContext, SimulatedAccount, Task<RestAnswer>> perform)
    {
        simulation.ScriptedFaults.Count(operation);
        var (account, accessFault) = Authenticate(http, operation);
        if (account is null)
        {
            await accessFault!.WriteAsync(http);
            return;
        }

        var fault = simulation.ScriptedFaults.Dequeue(operation, account.Sid);
        switch (fault?.Kind)
        {
            case RestFaultKind.Error:
                await fault.Refusal.WriteAsync(http);
                return;
            case RestFaultKind.Unavailable:
                await DroppedResponse.WriteProxyPageAsync(http);
                return;
            case RestFaultKind.HangBefore or RestFaultKind.CutBefore:
                await DroppedResponse.DropConnectionAsync(simulation, http, fault.Kind == RestFaultKind.HangBefore);
                return;
        }

        var answer = await perform(http, account);
        if (fault is not null)
        {
            await DroppedResponse.DropConnectionAsync(simulation, http, fault.Kind == RestFaultKind.HangAfter);
            return;
        }

        await answer.WriteAsync(http);
    }
}
