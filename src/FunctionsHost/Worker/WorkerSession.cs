using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;

namespace FunctionsHost;

/// <summary>The stream of messages between the host and one worker process, from its start to its end.</summary>
internal sealed class WorkerSession(string workerId, WorkerLogs logs, TimeProvider time)
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

    public int Running => running.Count;

    /// <summary>Handles the worker's messages, the first of which is read, until the connection ends.</summary>
    public async Task RunAsync(IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing, CancellationToken ct)
    {
        var writing = WriteAsync(outgoing, ct);
        try
        {
            do
            {
                Take(incoming.Current);
            }
            while (await incoming.MoveNext(ct));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // the worker ended
        }
        finally
        {
            End();
        }

        await writing;
    }

    /// <summary>The next message of the start sequence.</summary>
    /// <exception cref="ChannelClosedException">The worker ended.</exception>
    public Task<StreamingMessage> NextAsync(CancellationToken ct) => replies.Reader.ReadAsync(ct).AsTask().WaitAsync(ReplyLimit, time, ct);

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
            await using var cancellation = ct.UnsafeRegister(_ => Send(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }), null);
            var response = await answer.Task;
            return response.Result?.Status == StatusResult.Types.Status.Success ? response : throw WorkerRpcException.From(response.Result);
        }
        finally
        {
            running.TryRemove(request.InvocationId, out _);
        }
    }

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

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken ct)
    {
        try
        {
            await foreach (var message in outbox.Reader.ReadAllAsync(ct))
            {
                await outgoing.WriteAsync(message, ct);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // the reading side sees the same end of the stream
        }
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                running.GetValueOrDefault(message.InvocationResponse.InvocationId)?.TrySetResult(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                logs.Write(message.RpcLog);
                break;
            default:
                replies.Writer.TryWrite(message);
                break;
        }
    }
}
