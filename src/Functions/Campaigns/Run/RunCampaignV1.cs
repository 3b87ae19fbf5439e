using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Relais.Campaigns.Run;

/// <summary>
/// Runs a campaign from its start to its end. The state is in the database; the orchestration itself holds only a cursor. Each next step is
/// decided by <see cref="CampaignDecision"/> from the current state, so a lost or repeated step is harmless.
/// </summary>
internal static class RunCampaignV1
{
    public const string Changed = "changed";

    private const int StepsPerGeneration = 20;

    private static readonly TaskOptions RetryOptions = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 20,
        firstRetryInterval: TimeSpan.FromSeconds(2),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromMinutes(1)));


    /// <param name="After">The last contact that was stored as a recipient; null before the first page.</param>
    /// <param name="Wake">The sender has not been woken for the pending messages yet.</param>
    /// <param name="Last">The progress that the last poll found, if the campaign then only waited; otherwise null.</param>
    /// <param name="UnchangedPolls">The number of consecutive polls before it that found the same progress.</param>
    internal sealed record Input(CampaignIds Ids, Guid? After, bool Wake, CampaignProgress? Last = null, int UnchangedPolls = 0);

    [Function(nameof(RunCampaignV1))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var (ids, after, wake, last, unchanged) = context.GetInput<Input>()!;
        for (var step = 0; step < StepsPerGeneration; step++)
        {
            var progress = await context.CallActivityAsync<CampaignProgress>(nameof(ReadProgress), ids, RetryOptions);
            unchanged = progress == last ? unchanged + 1 : 0;
            var next = CampaignDecision.Next(progress, wake, unchanged, context.CurrentUtcDateTime);
            last = next.Kind == CampaignStepKind.Wait ? progress : null;
            switch (next.Kind)
            {
                case CampaignStepKind.Freeze:
                    var page = new FreezeRecipients.Input(ids, after);
                    after = (await context.CallActivityAsync<FreezeRecipients.Output>(nameof(FreezeRecipients), page, RetryOptions)).After;
                    wake = true;
                    break;
                case CampaignStepKind.Wake:
                    await context.CallActivityAsync(nameof(WakeCampaignSender), ids, RetryOptions);
                    wake = false;
                    break;
                case CampaignStepKind.Cancel:
                    await context.CallActivityAsync(nameof(CancelPendingMessages), ids, RetryOptions);
                    break;
                case CampaignStepKind.Wait:
                    wake = await WaitForChangeAsync(context, next.Delay);
                    last = wake ? null : last;
                    break;
                default:
                    await context.CallActivityAsync(nameof(CloseCampaign), ids, RetryOptions);
                    return;
            }
        }

        context.ContinueAsNew(new Input(ids, after, wake, last, unchanged));
    }

    private static async Task<bool> WaitForChangeAsync(TaskOrchestrationContext context, TimeSpan limit)
    {
        try
        {
            await context.WaitForExternalEvent<string?>(Changed, limit);
            return true;
        }
        catch (TaskCanceledException)
        {
            return false;
        }
    }
}
