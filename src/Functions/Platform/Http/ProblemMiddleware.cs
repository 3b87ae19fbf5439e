using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Platform.Http;

/// <summary>
/// Turns unhandled exceptions of HTTP functions into problem documents without details, and logs them. Exceptions of other triggers go to
/// the host.
/// </summary>
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
                // Otherwise the web server tries to read the rest of the body, fails, and logs an error.
                http.Abort();
                return;
            }

            var problem = ToProblem(e);
            LogFailure(e, context.FunctionDefinition.Name, problem.Status);
            context.GetInvocationResult().Value = problem;
        }
    }

    internal static Problem ToProblem(Exception e) => e switch
    {
        // The published worker wraps exceptions from async methods of internal classes.
        AggregateException { InnerExceptions: [var inner] } => ToProblem(inner),
        BodyTooLargeException tooLarge => Problem.From(tooLarge.Failure),
        BadHttpRequestException bad => new Problem(bad.StatusCode, "bad_request", "The request could not be read."),
        // The web server throws this for a chunk size that does not fit into a number.
        IOException { InnerException: OverflowException } => new Problem(400, "bad_request", "The request could not be read."),
        UnreadableSecretException => new Problem(503, "secret_unreadable",
            "The stored credentials cannot be decrypted at the moment, because a key is missing or was changed. " +
            "Try again later, or save the credentials again."),
        _ when IsDatabaseUnavailable(e) =>
            new Problem(503, "database_unavailable", "The database is not available at the moment. Try again later."),
        _ => new Problem(500, "internal_error", "An internal error occurred. It was recorded."),
    };

    // A ConnectionResetException can arrive before the request's token is cancelled. Behind the Functions host the connection belongs to
    // the host, which cancels the invocation instead.
    internal static bool IsClientGone(Exception e, bool isCancelled) =>
        e is AggregateException { InnerExceptions: [var inner] }
            ? IsClientGone(inner, isCancelled)
            : e is ConnectionResetException || (e is OperationCanceledException && isCancelled);

    private void LogFailure(Exception e, string function, int status)
    {
        if (status >= StatusCodes.Status500InternalServerError)
        {
            Log.FunctionFailed(logger, e, function, status);
        }
        else
        {
            Log.RequestUnreadable(logger, function, status);
        }
    }

    private static bool IsDatabaseUnavailable(Exception e) =>
        e is PostgresException postgres
            // Class 08: connection failure; 53: insufficient resources; 57P: shutdown; 40: deadlock or serialization failure.
            ? postgres.SqlState[..2] is "08" or "53" or "40" || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            : e is NpgsqlException { InnerException: null or IOException or SocketException or TimeoutException };

    private static bool ContainsNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed and responded with {Status}")]
        public static partial void FunctionFailed(ILogger logger, Exception e, string function, int status);

        [LoggerMessage(2, LogLevel.Debug, "{Function} could not read the request and responded with {Status}")]
        public static partial void RequestUnreadable(ILogger logger, string function, int status);
    }
}
