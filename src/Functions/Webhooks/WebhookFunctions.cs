using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Platform.Http;
using Relais.Platform.Queues;
using Relais.Sending;
using Relais.Sending.Retries;

namespace Relais.Webhooks;

/// <summary>
/// The functions of webhooks. The router receives every webhook and has four URLs: its own, the fallback URL, and two older ones that
/// existing numbers still call. The other functions process stored events.
/// </summary>
/// <remarks>
/// The path of a webhook: <see cref="ReceiveWebhook"/> verifies it, and <see cref="WebhookBatchWriter"/> and <see cref="EventStore"/> store
/// it. A status report is applied to its message in the same transaction by <see cref="ApplyStatusReports"/>; an inbound message is
/// applied afterwards by <see cref="ProcessWebhookEvent"/>.
/// </remarks>
internal sealed class WebhookFunctions(ReceiveWebhook receive, ProcessWebhookEvent process, SweepWebhooks sweep)
{
    private const string EmptyTwiML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

    [Function(nameof(WebhookRouter))]
    [Public("Twilio signs each call")]
    [Describe("Takes every webhook of Twilio.",
        RequestMediaType = "application/x-www-form-urlencoded", ResponseMediaType = "text/xml",
        BodylessStatuses = [400, 403, 413, 429, 503])]
    public Task<IResult> WebhookRouter(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhook-router")] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        AnswerAsync(request, durable, ct);

    [Function(nameof(ReceiveSmsLegacy))]
    [Public("Twilio signs each call")]
    [Describe("The router, under the URL of numbers that were set up before it.",
        RequestMediaType = "application/x-www-form-urlencoded", ResponseMediaType = "text/xml",
        BodylessStatuses = [400, 403, 413, 429, 503])]
    public Task<IResult> ReceiveSmsLegacy(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "receive-sms-twilio")] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        AnswerAsync(request, durable, ct);

    [Function(nameof(WebhookRouterLegacy))]
    [Public("Twilio signs each call")]
    [Describe("The router, under the URL of numbers that were set up before it.",
        RequestMediaType = "application/x-www-form-urlencoded", ResponseMediaType = "text/xml",
        BodylessStatuses = [400, 403, 413, 429, 503])]
    public Task<IResult> WebhookRouterLegacy(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/twilio")] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        AnswerAsync(request, durable, ct);

    [Function(nameof(WebhookRouterBackup))]
    [Public("Twilio signs each call")]
    [Describe("The router, under the URL that is called when the first one did not answer.",
        RequestMediaType = "application/x-www-form-urlencoded", ResponseMediaType = "text/xml",
        BodylessStatuses = [400, 403, 413, 429, 503])]
    public Task<IResult> WebhookRouterBackup(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhook-router-backup")] HttpRequest request,
        [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        AnswerAsync(request, durable, ct);

    [Function(nameof(ProcessWebhook))]
    public async Task ProcessWebhook(
        [QueueTrigger(QueueNames.ProcessWebhook)] string eventId, [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        await ScheduleRetriesAsync(durable, await process.RunAsync(Guid.Parse(eventId), ct));

    [Function(nameof(SweepWebhooksEachMinute))]
    public Task SweepWebhooksEachMinute([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken ct) => sweep.RunAsync(ct);

    private async Task<IResult> AnswerAsync(HttpRequest request, DurableTaskClient durable, CancellationToken ct)
    {
        var answer = await receive.RunAsync(request, ct);
        await ScheduleRetriesAsync(durable, answer.MessagesToRetry);
        return answer.AnswersWithTwiML ? Results.Text(EmptyTwiML, "text/xml") : Results.StatusCode(answer.StatusCode);
    }

    private static async Task ScheduleRetriesAsync(DurableTaskClient durable, IEnumerable<AppliedTransition> retries)
    {
        foreach (var message in retries)
        {
            await RetryMessage.ScheduleAsync(durable, message, CancellationToken.None);
        }
    }
}
