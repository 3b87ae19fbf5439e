using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Engine;

/// <summary>The context that an orchestrator gets: turns its calls into decisions and open tasks.</summary>
internal sealed class RunContext(RunHeader header, OrchestratorThread thread, ILoggerFactory loggers) : TaskOrchestrationContext
{
    private int nextId;
    private int guids;
    private Action? abandoned;

    public override TaskName Name => new(header.Name);

    public override string InstanceId => header.InstanceId;

    public override ParentOrchestrationInstance? Parent => header.Parent;

    public override DateTime CurrentUtcDateTime => Now;

    public override bool IsReplaying => Replaying;

    public override string Version => header.Version;

    protected override ILoggerFactory LoggerFactory => loggers;

    internal DateTime Now { get; set; }

    internal bool Replaying { get; set; }

    internal Dictionary<int, Decision> Undecided { get; } = [];

    internal Dictionary<int, OpenTask> Open { get; } = [];

    internal HashSet<int> Cancelled { get; } = [];

    internal EventInbox Events { get; } = new();

    internal string? CustomStatus { get; private set; }

    internal ContinueAsNewOptions? Next { get; private set; }

    public override T? GetInput<T>()
        where T : default
    {
        thread.ThrowIfElsewhere();
        return Json.Read<T>(header.Input);
    }

    public object? ReadInput(Type type) => Json.Read(header.Input, type);

    /// <summary>Asks to be told when this run is over without its code having come to an end.</summary>
    public void WhenAbandoned(Action action) => abandoned = action;

    public void Abandon() => abandoned?.Invoke();

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        thread.ThrowIfElsewhere();
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException("Task options were given as the input of the activity.", nameof(input));
        }

        var json = Json.Write(input);
        return Retries.Run(this, options?.Retry, () => Add<TResult>(new ActivityDecision(nextId++, name.Name, json)));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        thread.ThrowIfElsewhere();
        var id = (options as SubOrchestrationOptions)?.InstanceId is { Length: > 0 } given ? given : NewGuid().ToString("N");
        InstanceIds.ThrowIfInvalid(id);
        var json = Json.Write(input);
        var version = options?.Version?.Version ?? "";
        return Retries.Run(
            this, options?.Retry, () => Add<TResult>(new ChildDecision(nextId++, orchestratorName.Name, id, json, version)));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        thread.ThrowIfElsewhere();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var due = Clock.Whole(fireAt.ToUniversalTime());
        var timer = new OpenTask<object?>(new TimerDecision(nextId++, due));
        Undecided.Add(timer.Decision.Id, timer.Decision);
        Open.Add(timer.Decision.Id, timer);
        cancellationToken.Register(() => Cancel(timer, cancellationToken));
        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        thread.ThrowIfElsewhere();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<T>(cancellationToken)
            : Events.Receive<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        thread.ThrowIfElsewhere();
        InstanceIds.ThrowIfInvalid(instanceId);
        var id = nextId++;
        Undecided.Add(id, new SendDecision(id, eventName, instanceId, Json.Write(payload)));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        thread.ThrowIfElsewhere();
        CustomStatus = Json.Write(customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        thread.ThrowIfElsewhere();
        Next = options;
    }

    public override Guid NewGuid()
    {
        thread.ThrowIfElsewhere();
        return StableGuid.Create(InstanceId, Now, guids++);
    }

    private Task<T> Add<T>(Decision decision)
    {
        var task = new OpenTask<T>(decision);
        Undecided.Add(decision.Id, decision);
        Open.Add(decision.Id, task);
        return task.Task;
    }

    private void Cancel(OpenTask timer, CancellationToken token)
    {
        if (Open.Remove(timer.Decision.Id))
        {
            if (!Replaying)
            {
                Cancelled.Add(timer.Decision.Id);
            }

            OrchestratorThread.Complete(() => timer.Cancel(token));
        }
    }
}
