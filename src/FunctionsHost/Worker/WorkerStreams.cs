namespace FunctionsHost;

/// <summary>The gRPC service that each worker connects to; the worker's id leads to its session.</summary>
internal sealed class WorkerStreams : FunctionRpc.FunctionRpcBase
{
    private readonly ConcurrentDictionary<string, WorkerSession> expected = new();

    public void Expect(WorkerSession session) => expected[session.WorkerId] = session;

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var first = await requestStream.MoveNext(context.CancellationToken) ? requestStream.Current : null;
        if (first?.StartStream is null || !expected.TryRemove(first.StartStream.WorkerId, out var session))
        {
            throw new Grpc.Core.RpcException(new Status(StatusCode.PermissionDenied, "This host did not start that worker."));
        }

        session.Take(first);
        await session.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}
