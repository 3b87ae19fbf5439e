namespace FunctionsHost;

/// <summary>A worker process that has loaded its functions.</summary>
internal sealed record RunningWorker(WorkerProcess Process, WorkerSession Session, IReadOnlyList<Function> Functions)
{
    /// <summary>A recent version of the real host, which workers and extensions may compare with.</summary>
    private const string HostVersion = "4.1045.200";

    /// <summary>What a worker gets to finish what it does when it is asked to end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What the process of a worker whose stream has ended gets to end as well.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    /// <summary>The exit code of dotnet when the runtime of an app is not installed.</summary>
    private static readonly int[] RuntimeMissing = [150, unchecked((int)0x80008096)];

    /// <exception cref="StartException">The app did not start, or a function could not be loaded.</exception>
    public static async Task<RunningWorker> StartAsync(HostSettings settings, WorkerSession session, Uri rpc, CancellationToken ct)
    {
        var app = settings.App;
        var process = WorkerProcess.Start(settings, rpc, session.WorkerId);
        _ = process.Exited.ContinueWith(_ => session.End(), TaskScheduler.Default);
        try
        {
            return new(process, session, await LoadAsync(settings, session, ct));
        }
        catch (ChannelClosedException)
        {
            var code = await process.EndAsync(EndLimit);
            throw new StartException(RuntimeMissing.Contains(code)
                ? $"{app.Name} needs {app.Runtimes()}, which this machine does not have: " +
                    "install that .NET runtime or build the app for an installed one."
                : $"{app.Name} ended with exit code {code} while starting: correct what its output above reports.");
        }
        catch (TimeoutException)
        {
            await process.EndAsync(TimeSpan.Zero);
            throw new StartException(
                $"{app.Name} did not answer in time: see its output above, and build it with Microsoft.Azure.Functions.Worker.");
        }
        catch
        {
            await process.EndAsync(TimeSpan.Zero);
            throw;
        }
    }

    /// <summary>Asks the worker to end, kills it when it does not, and returns the exit code.</summary>
    public Task<int> EndAsync()
    {
        Session.Terminate(Grace);
        return Process.EndAsync(Session.Ended.IsCompleted ? EndLimit : Grace * 2);
    }

    private static async Task<IReadOnlyList<Function>> LoadAsync(HostSettings settings, WorkerSession session, CancellationToken ct)
    {
        var (name, path) = (settings.App.Name, settings.App.Path);
        // the worker's first message says that it is there
        await session.NextAsync(ct);
        var request = new WorkerInitRequest { HostVersion = HostVersion, WorkerDirectory = path, FunctionAppDirectory = path };
        session.Send(new() { WorkerInitRequest = request });
        var initialized = (await session.NextAsync(ct)).WorkerInitResponse;
        Check(initialized.Result, "start");
        session.HttpAddress = initialized.Capabilities.GetValueOrDefault("HttpUri", "");
        session.Send(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = path } });
        var described = (await session.NextAsync(ct)).FunctionMetadataResponse;
        Check(described.Result, "describe its functions");
        var enabled = described.FunctionMetadataResults.Where(metadata => !settings.IsDisabled(metadata.Name));
        Function[] functions = [.. enabled.Select(metadata => new Function(metadata))];
        if (session.HttpAddress.Length == 0 && functions.Any(function => function.Kind == TriggerKind.Http))
        {
            throw new StartException($"{name} handles HTTP without ASP.NET Core: call ConfigureFunctionsWebApplication in its Program.cs.");
        }

        foreach (var function in functions)
        {
            session.Send(new() { FunctionLoadRequest = new() { FunctionId = function.Id, Metadata = function.Metadata } });
        }

        foreach (var _ in functions)
        {
            Check((await session.NextAsync(ct)).FunctionLoadResponse.Result, "load a function");
        }

        return functions;
    }

    private static void Check(StatusResult? result, string what)
    {
        if (result?.Status != StatusResult.Types.Status.Success)
        {
            throw new StartException($"The app could not {what}: {result?.Exception?.Message.ReplaceLineEndings(" ")}");
        }
    }
}
