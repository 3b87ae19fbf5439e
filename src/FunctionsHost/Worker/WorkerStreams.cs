using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FunctionsHost;

/// <summary>The gRPC service that each worker connects to; the worker's id leads to its session.</summary>
internal sealed class WorkerStreams : FunctionRpc.FunctionRpcBase
{
    private readonly ConcurrentDictionary<string, WorkerSession> expected = new();

    public void Expect(WorkerSession session) => expected[session.WorkerId] = session;

    /// <summary>Starts the server of this service on a free port.</summary>
    public async Task<WebApplication> ListenAsync(HostSettings settings, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        Logs.ForHost(builder.Logging, settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this).AddRouting();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        var server = builder.Build();
        server.MapGrpcService<WorkerStreams>();
        await server.StartAsync(ct);
        return server;
    }

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
