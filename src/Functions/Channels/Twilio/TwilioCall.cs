using System.Globalization;
using Twilio.Clients;

namespace Relais.Channels.Twilio;

/// <summary>One call over the SDK. What happened is read from the wire, not from what the SDK made of it.</summary>
internal static class TwilioCall
{
    /// <param name="mayLeave">Asked at the last moment before the request is written; no: it counts as not sent.</param>
    public static async Task<ProviderResult<T>> CallAsync<T>(
        this TwilioClients clients, ProviderAccount account, Func<ITwilioRestClient, Task<T>> call, Func<bool>? mayLeave = null)
    {
        var trace = CallTrace.Begin(mayLeave);
        try
        {
            var value = await call(clients.For(account.Sid, account.Token));

            // the SDK takes a redirect, and an empty body, for success
            return value is null || trace.HttpStatus >= 300 ? ToFailure(0, trace) : value;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return ToFailure(TwilioErrorCode.Read(failure), trace);
        }
    }

    // a 5xx may have been done all the same, and so may a call whose answer cannot be read
    private static ProviderFailure ToFailure(int providerCode, CallTrace trace)
    {
        if (trace.HttpStatus == 0 || trace.NotSent)
        {
            return trace.RequestBytesWritten
                ? new ProviderFailure(ProviderFailureKind.Unknown, SendErrorActions.NoAnswer)
                : new ProviderFailure(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);
        }

        var code = providerCode > 0 ? providerCode.ToString(CultureInfo.InvariantCulture) : $"http_{trace.HttpStatus}";
        return new ProviderFailure(trace.HttpStatus is >= 400 and < 500 ? ProviderFailureKind.Refused : ProviderFailureKind.Unknown, code, trace.HttpStatus);
    }
}
