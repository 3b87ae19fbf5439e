using Npgsql;

namespace Relais.Webhooks;

/// <summary>Names a failure by its type only, because the message of an exception may contain a phone number or a text.</summary>
internal static class FailureReason
{
    /// <summary>The reason of an attempt that ended without a result because the process stopped.</summary>
    public const string Interrupted = "Interrupted";

    /// <returns>A short name such as <c>PostgresException 23505</c> or <c>NpgsqlException TimeoutException</c>.</returns>
    public static string Describe(Exception failure) => failure switch
    {
        PostgresException refused => $"{nameof(PostgresException)} {refused.SqlState}",
        { InnerException: { } inner } => $"{failure.GetType().Name} {inner.GetType().Name}",
        _ => failure.GetType().Name,
    };
}
