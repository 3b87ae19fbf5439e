using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>The answer to a webhook call.</summary>
/// <param name="AnswersWithTwiML">
/// True: answered with an empty TwiML document. False: a status callback or a refusal, answered without a body.
/// </param>
/// <param name="MessagesToRetry">Messages that now wait for a retry.</param>
internal sealed record WebhookAnswer(int StatusCode, bool AnswersWithTwiML, IReadOnlyList<AppliedTransition> MessagesToRetry)
{
    public static WebhookAnswer Refused(int statusCode) => new(statusCode, false, []);
}
