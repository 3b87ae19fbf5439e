namespace FunctionsHost;

/// <summary>Forwards a request to the worker's ASP.NET Core, beside the invocation on the stream that the request belongs to.</summary>
internal sealed class HttpFunction(HostParts parts, IHttpForwarder forwarder, HttpMessageInvoker client)
{
    /// <summary>What a worker gets to end an invocation whose request could not be forwarded.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly ILogger log = parts.Loggers.CreateLogger("Host.Http");
    private readonly byte[]? key = Hash(parts.Settings.All["FUNCTIONS_LOCAL_KEY"]);
    private readonly byte[]? masterKey = Hash(parts.Settings.All["FUNCTIONS_LOCAL_MASTER_KEY"]);

    /// <summary>The silence after which a request is given up; the load balancer of Azure waits 230 s.</summary>
    private readonly ForwarderRequestConfig forwarding = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    public async Task HandleAsync(HttpContext context, Function function)
    {
        // the worker's server refuses a request without a host as well, and the invocation would wait for its request
        var refusal = !MayCall(context.Request, function.Trigger["authLevel"] ?? "Function") ? StatusCodes.Status401Unauthorized
            : !context.Request.Host.HasValue ? StatusCodes.Status400BadRequest
            : context.Request.ContentLength > parts.Settings.BodyLimit ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status200OK;
        if (refusal != StatusCodes.Status200OK)
        {
            // the rest of a body that is too large comes on this connection, so that no further request can
            context.Response.Headers.Connection = refusal == StatusCodes.Status413PayloadTooLarge ? "close" : (string?)null;
            context.Response.StatusCode = refusal;
            return;
        }

        // functions answer no upgrade, and YARP would wait for one
        context.Request.Headers.Remove("Upgrade");
        try
        {
            await RunAsync(context, function);
        }
        catch (Exception e) when (e is ConnectionResetException || context.RequestAborted.IsCancellationRequested)
        {
            // the client is gone; without this, Kestrel would wait for the rest of its body
            context.Abort();
        }
        catch (IOException e) when (!context.Response.HasStarted)
        {
            // a body that cannot be read, as a rule malformed chunks or more of them than the limit
            context.Response.StatusCode = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
        }
        catch (Exception e) when (e is WorkerRpcException or WorkerProcessExitException or TimeoutException)
        {
            if (context.GetForwarderErrorFeature()?.Error == ForwarderError.RequestBodyClient)
            {
                // YARP has answered 400, or 413 to a body over the limit
                return;
            }

            log.LogError("{Function} failed: {Failure}", function.Name, e.Message);
            if (context.Response.HasStarted)
            {
                // Kestrel then cuts the connection behind what was written so far
                throw;
            }

            // the real host answers 500 with an empty body
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>With neither key set, none is asked for, as with Core Tools. Keys are compared exactly and in constant time.</summary>
    private bool MayCall(HttpRequest request, string level)
    {
        if ((key is null && masterKey is null) || level.Equals("Anonymous", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // a key in the header hides the one in the address, right or wrong
        var given = Hash(request.Headers.TryGetValue("x-functions-key", out var header) ? header : request.Query["code"]);
        var isKey = CryptographicOperations.FixedTimeEquals(given, key) && level.Equals("Function", StringComparison.OrdinalIgnoreCase);
        return given is not null && (isKey || CryptographicOperations.FixedTimeEquals(given, masterKey));
    }

    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private async Task RunAsync(HttpContext context, Function function)
    {
        var request = function.Invocation(new() { Http = new() });
        // by this header the worker finds the invocation that a request belongs to
        context.Request.Headers["x-ms-invocation-id"] = request.InvocationId;
        await parts.Clients.AddAsync(function, request);
        await HttpBindingData.AddAsync(context, request);

        var worker = await parts.Workers.CurrentAsync(context.RequestAborted);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var invocation = worker.InvokeAsync(request, cancel.Token);
        // without a transformer, YARP sets X-Forwarded-*, from which the worker restores host and scheme
        var error = await forwarder.SendAsync(context, worker.HttpAddress, client, forwarding);
        if (error != ForwarderError.None)
        {
            await cancel.CancelAsync();
            log.LogWarning("The request to {Function} was not forwarded completely: {Error}", function.Name, error);
            invocation = invocation.WaitAsync(EndLimit, parts.Time);
        }

        await parts.Outputs.SendAsync(function, await invocation);
    }
}
