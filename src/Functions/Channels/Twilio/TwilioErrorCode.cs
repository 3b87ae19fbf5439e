using Twilio.Exceptions;

namespace Relais.Channels.Twilio;

/// <summary>Twilio's error code in an exception of the SDK. Older products answer with their own JSON, newer ones with RFC 9457 problems; the SDK has an unrelated type for each.</summary>
internal static class TwilioErrorCode
{
    /// <returns>0 when the answer named no code.</returns>
    public static int Of(Exception failure) => CodeOf(failure) ?? CodeOf(failure.InnerException) ?? 0;

    // an error on a further page of a list arrives as the inner exception
    private static int? CodeOf(Exception? failure) => failure switch
    {
        ApiException refused => refused.Code,
        ApiStandardException refused => refused.Code,
        _ => null,
    };
}
