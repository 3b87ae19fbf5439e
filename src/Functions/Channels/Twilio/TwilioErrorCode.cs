using Twilio.Exceptions;

namespace Relais.Channels.Twilio;

/// <summary>
/// Reads Twilio's error code from an exception of the SDK. Older products answer with JSON of their own, newer ones with RFC 9457 problem
/// details; the SDK has unrelated exception types for the two.
/// </summary>
internal static class TwilioErrorCode
{
    /// <returns>The code; 0: the exception contains none.</returns>
    public static int Read(Exception failure) => ReadCode(failure) ?? ReadCode(failure.InnerException) ?? 0;

    // If a later page of a list fails, the SDK wraps the exception of that page.
    private static int? ReadCode(Exception? failure) => failure switch
    {
        ApiException refused => refused.Code,
        ApiStandardException refused => refused.Code,
        _ => null,
    };
}
