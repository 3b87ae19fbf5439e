using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace HostTestApp;

/// <summary>
/// Functions that run for as long as the test wants. They append what they do to a file, because the memory of a worker that is killed
/// is lost.
/// </summary>
public static class Functions
{
    private static readonly Lock Gate = new();

    [Function("Ping")]
    public static IResult Ping([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ping")] HttpRequest request) =>
        Results.Text(request.Method);

    [Function("Start")]
    public static async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) =>
        Results.Text(await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Orchestrate),
            int.Parse(request.Query["seconds"]!, CultureInfo.InvariantCulture),
            new StartOrchestrationOptions(id),
            request.HttpContext.RequestAborted));

    [Function("Status")]
    public static async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "status/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) =>
        Results.Text($"{(await client.GetInstanceAsync(id, request.HttpContext.RequestAborted))?.RuntimeStatus}");

    /// <summary>Uses its Durable client after a while.</summary>
    [Function("SlowStatus")]
    public static async Task<IResult> SlowStatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slowstatus/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client)
    {
        Record("request began");
        await Task.Delay(TimeSpan.FromSeconds(3), request.HttpContext.RequestAborted);
        return await StatusAsync(request, id, client);
    }

    [Function(nameof(Orchestrate))]
    public static Task Orchestrate([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync(nameof(WaitOnceAsync), context.GetInput<int>());

    /// <summary>Waits the first time, unless it is cancelled, and ends at once the next time.</summary>
    [Function(nameof(WaitOnceAsync))]
    public static async Task WaitOnceAsync([ActivityTrigger] int seconds, CancellationToken ct)
    {
        var delay = Recorded("activity began") ? TimeSpan.Zero : TimeSpan.FromSeconds(seconds);
        Record("activity began");
        await Task.Delay(delay, ct);
        Record("activity ended");
    }

    [Function("Each")]
    public static void Each([TimerTrigger("* * * * * *")] TimerInfo timer) => Record($"each {timer.IsPastDue}");

    /// <summary>Due once a year, or when the test makes it past due.</summary>
    [Function("Long")]
    public static async Task LongAsync([TimerTrigger("0 0 5 1 1 *")] TimerInfo timer)
    {
        Record($"long began {timer.IsPastDue}");
        await Task.Delay(TimeSpan.FromSeconds(
            int.Parse(Environment.GetEnvironmentVariable("LONG_SECONDS")!, CultureInfo.InvariantCulture)));
        Record("long ended");
    }

    private static string RecordFile => Environment.GetEnvironmentVariable("RECORD_FILE")!;

    private static bool Recorded(string text) =>
        File.Exists(RecordFile) && File.ReadAllText(RecordFile).Contains(text, StringComparison.Ordinal);

    private static void Record(string text)
    {
        lock (Gate)
        {
            File.AppendAllText(RecordFile, text + "\n");
        }
    }
}
