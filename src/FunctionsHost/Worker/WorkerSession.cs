using Google.Protobuf.WellKnownTypes;

namespace FunctionsHost;

/// <summary>The stream of messages between the host and one worker process, from its start to its end.</summary>
/// <param name="cancelling">Cancels the functions that run then and those that begin later.</param>
internal sealed class WorkerSession(string workerId, ILoggerFactory logs, TimeProvider time, CancellationToken cancelling)
{
    private static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(60);

    private readonly Channel<StreamingMessage> outbox = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly Channel<StreamingMessage> replies = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> running = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string WorkerId => workerId;

    /// <summary>Completes when the worker ended or closed its stream.</summary>
    public Task Ended => ended.Task;

    /// <summary>The address at which the worker's ASP.NET Core listens.</summary>
    public string HttpAddress { get; set; } = "";

    /// <summary>Handles the worker's messages until the connection ends.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing, CancellationToken ct)
    {
        var writing = WriteAsync(outgoing, ct);
        try
        {
            await foreach (var message in incoming.ReadAllAsync(ct))
            {
                Take(message);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // the worker ended
        }
        finally
        {
            End();
        }

        // the reading side has seen the same end of the stream
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Handles one message of the worker.</summary>
    public void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                running.GetValueOrDefault(message.InvocationResponse.InvocationId)?.TrySetResult(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                Write(message.RpcLog);
                break;
            default:
                replies.Writer.TryWrite(message);
                break;
        }
    }

    /// <summary>The next message of the start sequence.</summary>
    /// <exception cref="ChannelClosedException">The worker ended.</exception>
    public Task<StreamingMessage> NextAsync(CancellationToken ct) =>
        replies.Reader.ReadAsync(ct).AsTask().WaitAsync(ReplyLimit, time, ct);

    public void Send(StreamingMessage message)
    {
        message.RequestId = workerId;
        outbox.Writer.TryWrite(message);
    }

    /// <summary>Has the worker run a function.</summary>
    /// <exception cref="WorkerRpcException">The function failed.</exception>
    /// <exception cref="WorkerProcessExitException">The worker ended before it answered.</exception>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken ct)
    {
        // the worker fails with a NullReferenceException at an invocation without a trace context
        request.TraceContext = new() { TraceParent = Activity.Current?.Id ?? "", TraceState = Activity.Current?.TraceStateString ?? "" };
        var answer = new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        running[request.InvocationId] = answer;
        try
        {
            if (ended.Task.IsCompleted)
            {
                throw new WorkerProcessExitException();
            }

            Send(new() { InvocationRequest = request });
            await using var cancellation = ct.UnsafeRegister(_ => Cancel(request.InvocationId), null);
            await using var cancellationOfAll = cancelling.UnsafeRegister(_ => Cancel(request.InvocationId), null);
            var response = await answer.Task;
            return response.Result?.Status == StatusResult.Types.Status.Success ? response : throw WorkerRpcException.From(response.Result);
        }
        finally
        {
            running.TryRemove(request.InvocationId, out _);
        }
    }

    /// <summary>Asks the worker to end.</summary>
    public void Terminate(TimeSpan grace) => Send(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(grace) } });

    /// <summary>Fails every invocation that the worker can no longer answer.</summary>
    public void End()
    {
        ended.TrySetResult();
        outbox.Writer.TryComplete();
        replies.Writer.TryComplete();
        foreach (var answer in running.Values)
        {
            answer.TrySetException(new WorkerProcessExitException());
        }
    }

    private void Cancel(string invocation) => Send(new() { InvocationCancel = new() { InvocationId = invocation } });

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken ct)
    {
        await foreach (var message in outbox.Reader.ReadAllAsync(ct))
        {
            await outgoing.WriteAsync(message, ct);
        }
    }

    /// <summary>Logs at the level and under the category that the worker gave.</summary>
    private void Write(RpcLog entry)
    {
        if (entry.LogCategory != RpcLog.Types.Category.CustomMetric && entry.Level is >= (int)LogLevel.Trace and < (int)LogLevel.None)
        {
            var text = entry.Exception is { } e ? $"{entry.Message}\n{e.Type}: {e.Message}\n{e.StackTrace}" : entry.Message;
            var logger = logs.CreateLogger(entry.Category is { Length: > 0 } category ? category : "Worker");
            logger.Log((LogLevel)entry.Level, default, text, null, static (text, _) => text);
        }
    }
}

/// <summary>A function failed in the worker. The Durable extension parses this text for the exception's type and message.</summary>
internal sealed class WorkerRpcException(string status, string message, string stack)
    : Exception($"Result: {status}\nException: {message}\nStack: {stack}")
{
    public static WorkerRpcException From(StatusResult? result) =>
        new(result?.Status.ToString() ?? "Failure", result?.Exception?.Message ?? "", result?.Exception?.StackTrace ?? "");
}

/// <summary>
/// The worker ended while the function ran. The Durable extension looks for this type's name (orchestrators) and for the second
/// sentence of the message (activities), and then returns the work to its queue instead of recording a failure.
/// </summary>
internal sealed class WorkerProcessExitException()
    : InvalidOperationException("The worker process has ended. Did not find any initialized language workers.");
