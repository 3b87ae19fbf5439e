namespace FunctionsHost;

internal enum TriggerKind
{
    Http, Timer, Queue, Orchestration, Activity,
}

/// <summary>One function, as the worker describes it. Its bindings are read as configuration, which finds names in any case.</summary>
internal sealed class Function
{
    public Function(RpcFunctionMetadata metadata)
    {
        Metadata = metadata;
        IConfiguration[] bindings = [.. metadata.RawBindings.Select(Read)];
        Trigger = bindings.FirstOrDefault(binding => binding["type"]?.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase) == true)
            ?? throw new StartException($"The function {Name} has no trigger: give one of its parameters a trigger attribute.");
        var type = Trigger["type"]!;
        Kind = Enum.TryParse<TriggerKind>(type[..^"Trigger".Length], ignoreCase: true, out var kind) ? kind : throw new StartException(
            $"The function {Name} has a {type}, which this host does not support: " +
            $"disable it with the setting AzureWebJobs.{Name}.Disabled=true.");
        DurableClients = [.. bindings.Where(binding => Is(binding["type"], "durableClient"))];
        QueueOutputs = [.. bindings.Where(binding => Is(binding["type"], "queue") && !Is(binding["direction"], "In"))];
    }

    public RpcFunctionMetadata Metadata { get; }
    public string Name => Metadata.Name;
    public string Id => Metadata.FunctionId;
    public IConfiguration Trigger { get; }
    public TriggerKind Kind { get; }
    public IReadOnlyList<IConfiguration> DurableClients { get; }
    public IReadOnlyList<IConfiguration> QueueOutputs { get; }
    public bool IsDurable => Kind is TriggerKind.Orchestration or TriggerKind.Activity || DurableClients.Count > 0;

    /// <summary>A new invocation with the trigger's value as its input.</summary>
    public InvocationRequest Invocation(TypedData input)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var request = new InvocationRequest { InvocationId = id.ToString(), FunctionId = Id };
        request.InputData.Add(new ParameterBinding { Name = Trigger["name"], Data = input });
        return request;
    }

    private static IConfiguration Read(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    private static bool Is(string? text, string value) => value.Equals(text, StringComparison.OrdinalIgnoreCase);
}
