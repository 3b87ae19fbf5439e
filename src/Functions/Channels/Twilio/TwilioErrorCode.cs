using Twilio.Exceptions;

namespace Relais.Channels.Twilio;

/// <summary>Twilio's error code in an exception of the SDK. Older products answer with their own JSON, newer ones with RFC 9457 problems; the SDK has an unrelated type for each.</summary>
internal static class TwilioErrorCode
{
    /// <returns>0 when the answer named no code.</returns>
    public static int Read(Exception failure) => ReadCode(failure) ?? ReadCode(failure.InnerException) ?? 0;

    // an error on a further page of a list arrives as the inner exception
    private static int? ReadCode(Exception? failure) => failure switch
    {
        ApiException refused => refused.Code,
        ApiStandardException refused => refused.Code,
        _ => null,
    };
}
