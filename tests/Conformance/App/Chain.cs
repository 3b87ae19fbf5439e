using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Conformance;

/// <summary>Functions for the benchmark of hosts. No recorded scenario uses them.</summary>
public static class Chain
{
    [Function("O_TenActivities")]
    public static async Task<int> O_TenActivities([OrchestrationTrigger] TaskOrchestrationContext ctx)
    {
        var n = 0;
        for (var i = 0; i < 10; i++)
        {
            n = await ctx.CallActivityAsync<int>("A_Add1", n);
        }

        return n;
    }
}
