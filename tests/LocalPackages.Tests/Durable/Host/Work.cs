using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace DurableHost;

/// <param name="Pause">Milliseconds that an activity takes.</param>
public sealed record WorkSpec(int Steps, int Fan, int Pause);

public sealed record StepSpec(string Step, int Pause);

public sealed class Work(Journal journal)
{
    /// <summary>Steps one by one, then side by side, then in a child: the result has one token for each.</summary>
    [Function(nameof(RunWork))]
    public async Task<List<string>> RunWork([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Witness(context);
        var spec = context.GetInput<WorkSpec>()!;
        var tokens = new List<string>();
        for (var i = 0; i < spec.Steps; i++)
        {
            tokens.Add(await context.CallActivityAsync<string>(nameof(DoStep), new StepSpec($"step {i}", spec.Pause)));
        }

        await context.CreateTimer(TimeSpan.FromMilliseconds(spec.Pause), CancellationToken.None);
        var side = Enumerable.Range(0, spec.Fan).Select(i => context.CallActivityAsync<string>(nameof(DoStep), new StepSpec($"fan {i}", spec.Pause)));
        tokens.AddRange(await Task.WhenAll(side));
        if (spec.Fan > 0)
        {
            tokens.AddRange(await context.CallSubOrchestratorAsync<List<string>>(nameof(RunWork), spec with { Fan = 0 }));
        }

        return tokens;
    }

    [Function(nameof(WaitForGo))]
    public static Task<string> WaitForGo([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<string>("go");

    [Function(nameof(DoStep))]
    public async Task<string> DoStep([ActivityTrigger] StepSpec spec, string instanceId)
    {
        var begun = DateTime.UtcNow;
        var token = $"{spec.Step}|{Guid.NewGuid():N}";
        await Task.Delay(spec.Pause);
        journal.Write("activity", instanceId, token, begun);
        return token;
    }

    // Side effects do not belong here: this one shows whether two processes ever run one instance at once.
    private void Witness(TaskOrchestrationContext context)
    {
        var begun = DateTime.UtcNow;
        Thread.Sleep(1);
        journal.Write("orchestrator", context.InstanceId, "", begun);
    }
}
