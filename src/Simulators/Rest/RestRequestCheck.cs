using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>What every REST request passes: credentials, the account's state, and the faults that the operation is to meet.</summary>
internal sealed class RestRequestCheck(Simulation simulation)
{
    private static readonly TwilioFault s_inactive = new(20005, 403, "Account not active");

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
            // the caller gave up
        }
    };

    /// <returns>the account, or what it is refused with</returns>
    public (SimulatedAccount? Account, TwilioFault? Fault) Authenticate(HttpContext http, string? operation = null)
    {
        http.Response.Headers["Twilio-Concurrent-Requests"] = Math.Max(1, simulation.Requests.Open).ToString(CultureInfo.InvariantCulture);
        var account = simulation.Accounts.Authenticate(http.Request.Headers.Authorization);
        if (account is null || account.Status == "closed")
        {
            simulation.Requests.CountRefused(20003);
            return (null, TwilioFault.Unauthorized);
        }

        if (http.GetRouteValue("account") is string asked && asked != account.Sid)
        {
            return (null, TwilioFault.NotFound(http.Request.Path));
        }

        return account.Status == "suspended" && operation is not (RestOperations.AccountFetch or RestOperations.Balance) ? (null, s_inactive) : (account, null);
    }

    private async Task HandleAsync(HttpContext http, string operation, Func<HttpContext, SimulatedAccount, Task<RestAnswer>> perform)
    {
        simulation.Script.Count(operation);
        var (account, refusal) = Authenticate(http, operation);
        if (account is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }

        var fault = simulation.Script.Dequeue(operation, account.Sid);
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
