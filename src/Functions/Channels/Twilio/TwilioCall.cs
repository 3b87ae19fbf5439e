using System.Globalization;
using Twilio.Clients;

namespace Relais.Channels.Twilio;

/// <summary>
/// Makes one call through the SDK and turns a failure into a value. The kind of failure is read from the <see cref="CallTrace"/>, because
/// the exceptions of the SDK do not show whether the request was sent.
/// </summary>
internal static class TwilioCall
{
    /// <param name="canStillSend">Called immediately before the request is written. False: the request is not sent.</param>
    public static async Task<ProviderResult<T>> CallAsync<T>(
        this TwilioClients clients, ProviderCredentials account, Func<ITwilioRestClient, Task<T>> call, Func<bool>? canStillSend = null)
    {
        var trace = CallTrace.Begin(canStillSend);
        try
        {
            var value = await call(clients.For(account.Sid, account.Token));

            // The SDK reports a redirect, and an answer with an empty body, as success.
            return value is null || trace.HttpStatus >= 300 ? ToFailure(0, trace) : value;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return ToFailure(TwilioErrorCode.Read(failure), trace);
        }
    }

    // After a 5xx, or an answer that cannot be read, Twilio may have done what was requested: the outcome is unknown.
    private static ProviderFailure ToFailure(int providerCode, CallTrace trace)
    {
        if (trace.HttpStatus == 0 || trace.SendDeadlinePassed)
        {
            return trace.WriteStarted
                ? new ProviderFailure(ProviderFailureKind.Unknown, SendErrorActions.NoAnswer)
                : new ProviderFailure(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);
        }

        var code = providerCode > 0 ? providerCode.ToString(CultureInfo.InvariantCulture) : $"http_{trace.HttpStatus}";
        var kind = trace.HttpStatus is >= 400 and < 500 ? ProviderFailureKind.Refused : ProviderFailureKind.Unknown;
        return new ProviderFailure(kind, code, trace.HttpStatus);
    }
}

/// <summary>
/// Records what happened on the wire during one SDK call. The SDK reports every transport failure alike, and loses the HTTP status of an
/// error whose body is not JSON. The trace reaches <see cref="TwilioHandler"/> through an AsyncLocal.
/// </summary>
internal sealed class CallTrace
{
    private static readonly AsyncLocal<CallTrace?> Slot = new();

    public static CallTrace? Current => Slot.Value;

    /// <summary>The time limit for sending had passed when a connection was available, so nothing was written.</summary>
    public bool SendDeadlinePassed { get; private set; }

    /// <summary>Writing of the body has begun, so Twilio may have received the request.</summary>
    public bool WriteStarted { get; private set; }

    /// <summary>The HTTP status of the answer; 0: there was none.</summary>
    public int HttpStatus { get; set; }

    private Func<bool>? CanStillSend { get; init; }

    /// <summary>Starts a trace for the SDK call that follows in this async flow.</summary>
    /// <param name="canStillSend">Called immediately before the body is written. False: the call is cancelled.</param>
    public static CallTrace Begin(Func<bool>? canStillSend = null) => Slot.Value = new CallTrace { CanStillSend = canStillSend };

    /// <summary>Called by the handler immediately before it writes the body.</summary>
    /// <exception cref="OperationCanceledException">The time limit for sending has passed.</exception>
    public void BeforeRequestIsWritten()
    {
        if (CanStillSend?.Invoke() == false)
        {
            SendDeadlinePassed = true;
            throw new OperationCanceledException("The time limit for sending the request has passed.");
        }

        WriteStarted = true;
    }
}
