using System.Collections.Concurrent;

namespace EndToEnd.Tests.Malformed;

/// <summary>A response that breaks a rule.</summary>
/// <param name="What">Description of the fault.</param>
/// <param name="Answer">The answer; null: none arrived.</param>
internal sealed record Finding(string What, RawAnswer? Answer, MalformedRequest Request)
{
    /// <summary>Findings of the same kind most likely have the same cause.</summary>
    public (string, int?, string) Kind => (What, Answer?.Status, Request.Route.Name);

    public override string ToString() => $"{What}{(Answer is null ? "" : $": {Answer}")}\n{Request}";
}

/// <summary>Sends requests over several parallel connections, many of them pipelined, and checks each answer.</summary>
internal sealed class MalformedRequestRun(Uri app, RequestGenerator generator, ResponseCheck check)
{
    private const int Connections = 8;
    private const int BatchSize = 16;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private int next;

    /// <summary>The faults, each with its request.</summary>
    public ConcurrentQueue<Finding> Findings { get; } = [];

    public ConcurrentDictionary<string, int> Counts { get; } = [];

    public async Task RunAsync(int from, int to)
    {
        next = from;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => WorkAsync(to))));
    }

    private async Task WorkAsync(int to)
    {
        RawConnection? connection = null;
        for (int first; (first = Interlocked.Add(ref next, BatchSize) - BatchSize) < to;)
        {
            var requests = Enumerable.Range(first, Math.Min(BatchSize, to - first)).Select(generator.Make).ToList();
            for (var done = 0; done < requests.Count;)
            {
                var last = requests.FindIndex(done, request => request.Ending != RequestEnd.Next);
                var run = requests[done..(last < 0 ? requests.Count : last + 1)];
                done += run.Count;
                connection = await SendRunAsync(connection, run);
            }
        }

        connection?.Dispose();
    }

    /// <returns>The connection if it can be used further; otherwise null.</returns>
    private async Task<RawConnection?> SendRunAsync(RawConnection? connection, List<MalformedRequest> run)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        var ct = timeout.Token;
        connection ??= await RawConnection.OpenAsync(app, ct);
        var current = run[0];
        try
        {
            if (!await PipelineAsync(
                connection, run.FindAll(request => request.Ending == RequestEnd.Next), request => current = request, ct))
            {
                connection.Dispose();
                return null;
            }

            current = run[^1];
            if (current.Ending == RequestEnd.Next)
            {
                return connection;
            }

            // Send the last request only after the others are answered: a server that closes the connection may discard answers that are on
            // their way.
            await connection.SendAsync(current.Bytes, ct);
            await EndAsync(connection, current, ct);
        }
        catch (OperationCanceledException)
        {
            Find(current, $"no answer within {AnswerTimeout.TotalSeconds:0} s");
        }
        catch (BrokenAnswerException) when (current.Ending == RequestEnd.HalfClosed)
        {
            // The client stopped sending in the middle of the request, so the server need not send a complete answer.
            Count("cut off");
        }
        catch (BrokenAnswerException broken)
        {
            Find(current, broken.Message);
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Sends requests without waiting for answers, then reads the answers in the same order.</summary>
    /// <returns>False: the server has closed the connection.</returns>
    private async Task<bool> PipelineAsync(
        RawConnection connection, List<MalformedRequest> requests, Action<MalformedRequest> setCurrent, CancellationToken ct)
    {
        var sending = connection.SendAsync(requests.SelectMany(request => request.Bytes).ToArray(), ct);
        foreach (var request in requests)
        {
            setCurrent(request);
            if (await connection.ReadAsync(request.IsHead, ct) is not { } answer)
            {
                Find(request, "the connection was closed in the place of an answer");
                return false;
            }

            Judge(request, answer);
        }

        return await sending;
    }

    private async Task EndAsync(RawConnection connection, MalformedRequest request, CancellationToken ct)
    {
        if (request.Ending == RequestEnd.Gone)
        {
            await Task.Delay(request.Number % 4 * 20, ct);
            connection.Reset();
            Count("gone");
            return;
        }

        if (request.Ending == RequestEnd.HalfClosed)
        {
            connection.FinishSending();
        }

        var answers = 0;
        while (await connection.ReadAsync(request.IsHead, ct) is { } answer)
        {
            Judge(request, answer);
            if (++answers == 1)
            {
                connection.FinishSending();
            }
        }

        if (answers > 1 && !request.MaySeemMany)
        {
            Find(request, $"{answers} answers to one request");
        }

        if (answers == 0)
        {
            Count("closed");
            if (!request.IsForServer)
            {
                Find(request, "no answer");
            }
        }
    }

    private void Judge(MalformedRequest request, RawAnswer answer)
    {
        Count(ResponseCheck.NameOf(answer));
        if (check.FaultOf(request, answer) is { } fault)
        {
            Find(request, fault, answer);
        }
    }

    private void Find(MalformedRequest request, string what, RawAnswer? answer = null) =>
        Findings.Enqueue(new Finding(what, answer, request));

    private void Count(string what) => Counts.AddOrUpdate(what, 1, (_, count) => count + 1);
}
