using System.Collections.Concurrent;

namespace EndToEnd.Tests.Malformed;

/// <summary>Something that must not be.</summary>
/// <param name="What">In words.</param>
/// <param name="Answer">Null: none came.</param>
internal sealed record Finding(string What, RawAnswer? Answer, MalformedRequest Request)
{
    /// <summary>Findings of one kind have one cause, most likely.</summary>
    public (string, int?, string) Kind => (What, Answer?.Status, Request.Route.Name);

    public override string ToString() => $"{What}{(Answer is null ? "" : $": {Answer}")}\n{Request}";
}

/// <summary>Sends requests over several connections at once, many of them one behind the other without waiting, and judges each answer.</summary>
internal sealed class MalformedRequestRun(Uri app, RequestGenerator generator, ResponseCheck verdict)
{
    private const int Connections = 8;
    private const int Together = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int next;

    /// <summary>What was wrong, with the request that it was wrong for.</summary>
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
        for (int first; (first = Interlocked.Add(ref next, Together) - Together) < to;)
        {
            var requests = Enumerable.Range(first, Math.Min(Together, to - first)).Select(generator.Make).ToList();
            for (var done = 0; done < requests.Count;)
            {
                var last = requests.FindIndex(done, request => request.Ending != RequestEnd.Next);
                var run = requests[done..(last < 0 ? requests.Count : last + 1)];
                done += run.Count;
                connection = await ConverseAsync(connection, run);
            }
        }

        connection?.Dispose();
    }

    /// <returns>The connection, if it can be used further.</returns>
    private async Task<RawConnection?> ConverseAsync(RawConnection? connection, List<MalformedRequest> run)
    {
        using var patience = new CancellationTokenSource(Patience);
        var ct = patience.Token;
        connection ??= await RawConnection.OpenAsync(app, ct);
        var current = run[0];
        try
        {
            if (!await TalkAsync(connection, run.FindAll(request => request.Ending == RequestEnd.Next), request => current = request, ct))
            {
                connection.Dispose();
                return null;
            }

            current = run[^1];
            if (current.Ending == RequestEnd.Next)
            {
                return connection;
            }

            // not before the others are answered: a server that closes on what it cannot read takes back what is still on its way
            await connection.SendAsync(current.Bytes, ct);
            await EndAsync(connection, current, ct);
        }
        catch (OperationCanceledException)
        {
            Find(current, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (BrokenAnswerException) when (current.Ending == RequestEnd.HalfClosed)
        {
            // whoever hangs up in the middle is not owed the rest of an answer
            Count("cut off");
        }
        catch (BrokenAnswerException broken)
        {
            Find(current, broken.Message);
        }

        connection.Dispose();
        return null;
    }

    /// <summary>One request behind the other without waiting, and their answers in that order.</summary>
    /// <returns>False: the server has closed the connection.</returns>
    private async Task<bool> TalkAsync(RawConnection connection, List<MalformedRequest> requests, Action<MalformedRequest> turnTo, CancellationToken ct)
    {
        var sending = connection.SendAsync(requests.SelectMany(request => request.Bytes).ToArray(), ct);
        foreach (var request in requests)
        {
            turnTo(request);
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
        if (verdict.FaultOf(request, answer) is { } fault)
        {
            Find(request, fault, answer);
        }
    }

    private void Find(MalformedRequest request, string what, RawAnswer? answer = null) => Findings.Enqueue(new Finding(what, answer, request));

    private void Count(string what) => Counts.AddOrUpdate(what, 1, (_, count) => count + 1);
}
