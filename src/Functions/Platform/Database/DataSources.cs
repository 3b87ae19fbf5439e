using Npgsql;
using Relais.Platform.Settings;

namespace Relais.Platform.Database;

/// <summary>Registers one Npgsql connection pool per database role.</summary>
internal static class DataSources
{
    public const string App = "App";
    public const string System = "System";

    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        RowMapping.Configure();
        return services
            .AddValidatedOptions<DatabaseOptions>(DatabaseOptions.Section)
            .AddKeyedSingleton(App, (provider, _) => Builder(provider.GetRequiredService<DatabaseOptions>().ForApp(), App).Build())
            .AddKeyedSingleton(System, (provider, _) => Builder(provider.GetRequiredService<DatabaseOptions>().ForSystem(), System).Build())
            .AddSingleton<TenantDb>()
            .AddSingleton<SystemDb>();
    }

    /// <summary>Creates a pool builder with the app's settings; the caller may change them before it builds the pool.</summary>
    /// <param name="login">The connection string and the optional managed identity.</param>
    /// <param name="role">"App" or "System"; part of the application name that PostgreSQL shows.</param>
    internal static NpgsqlDataSourceBuilder Builder(DatabaseLogin login, string role)
    {
        var builder = new NpgsqlDataSourceBuilder(login.ConnectionString);
        if (!string.IsNullOrWhiteSpace(login.Identity))
        {
            builder.UseEntraTokens(ManagedIdentities.Get(login.Identity));
        }

        // PostgreSQL puts row values into error details, and exceptions are logged: personal data must not reach the logs.
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        // The app has few but large statements: prepare them, so that each connection parses a statement only once.
        if (!builder.ConnectionStringBuilder.ShouldSerialize("Max Auto Prepare"))
        {
            builder.ConnectionStringBuilder.MaxAutoPrepare = 60;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        builder.ConnectionStringBuilder.ApplicationName ??= $"relais-{role.ToLowerInvariant()}";
        return builder;
    }
}
