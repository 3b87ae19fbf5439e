using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Platform.Http;

/// <summary>What an HTTP function did not handle becomes a problem without details, and one log entry. Other triggers are left to the host.</summary>
internal sealed partial class ProblemMiddleware(ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        if (http.Request.Query.Any(pair => pair.Key.Contains('\0', StringComparison.Ordinal) || pair.Value.Any(ContainsNul)))
        {
            context.GetInvocationResult().Value = new Problem(400, "invalid_query", "The query must not contain the character U+0000.");
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            if (IsClientGone(e, http.RequestAborted.IsCancellationRequested || context.CancellationToken.IsCancellationRequested))
            {
                // or the web server tries to read the rest of the body, fails, and calls that an error
                http.Abort();
                return;
            }

            var problem = ToProblem(e);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                Log.Unhandled(logger, e, context.FunctionDefinition.Name, problem.Status);
            }
            else
            {
                Log.Unreadable(logger, context.FunctionDefinition.Name, problem.Status);
            }

            context.GetInvocationResult().Value = problem;
        }
    }

    internal static Problem ToProblem(Exception e) => e switch
    {
        // the published worker wraps what an async method of an internal class throws
        AggregateException { InnerExceptions: [var only] } => ToProblem(only),
        BodyTooLargeException => new Problem(413, "body_too_large", "The body is too large."),
        BadHttpRequestException bad => new Problem(bad.StatusCode, "bad_request", "The request could not be read."),
        // the web server's, for a chunk whose size no number holds
        IOException { InnerException: OverflowException } => new Problem(400, "bad_request", "The request could not be read."),
        UnreadableSecretException => new Problem(503, "secret_unreadable", "The stored credentials cannot be opened at the moment: a key is missing or was changed. Try again later, or save the credentials anew."),
        _ when IsDatabaseAway(e) => new Problem(503, "database_unavailable", "The database is not available at the moment. Try again later."),
        _ => new Problem(500, "internal_error", "An internal error occurred. It was recorded."),
    };

    // A broken connection is known here before the token of the request knows it. Under a host the client's connection is the host's, which
    // cancels the invocation.
    internal static bool IsClientGone(Exception e, bool isCancelled) =>
        e is AggregateException { InnerExceptions: [var only] }
            ? IsClientGone(only, isCancelled)
            : e is ConnectionResetException || (e is OperationCanceledException && isCancelled);

    private static bool IsDatabaseAway(Exception e) =>
        e is PostgresException postgres
            // 08 connection, 53 resources, 57P shutdown; 40 is a deadlock or a serialization conflict
            ? postgres.SqlState[..2] is "08" or "53" or "40" || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            : e is NpgsqlException { InnerException: null or IOException or SocketException or TimeoutException };

    private static bool ContainsNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed and answered {Status}")]
        public static partial void Unhandled(ILogger logger, Exception e, string function, int status);

        [LoggerMessage(2, LogLevel.Debug, "{Function} could not read the request and answered {Status}")]
        public static partial void Unreadable(ILogger logger, string function, int status);
    }
}
