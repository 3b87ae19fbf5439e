using Dapper;
using Npgsql;
using Relais.Platform.Settings;

namespace Relais.Platform.Database;

/// <summary>One pool per database role.</summary>
internal static class DataSources
{
    public const string App = "App";
    public const string System = "System";

    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return services
            .AddValidatedOptions<DatabaseOptions>(DatabaseOptions.Section)
            .AddKeyedSingleton(App, (provider, _) => Builder(provider.GetRequiredService<DatabaseOptions>().ForApp(), App).Build())
            .AddKeyedSingleton(System, (provider, _) => Builder(provider.GetRequiredService<DatabaseOptions>().ForSystem(), System).Build())
            .AddSingleton<TenantDb>()
            .AddSingleton<SystemDb>();
    }

    /// <summary>The pool as the app uses it, for the rest of its settings.</summary>
    internal static NpgsqlDataSourceBuilder Builder(DatabaseLogin login, string role)
    {
        var builder = new NpgsqlDataSourceBuilder(login.ConnectionString);
        if (!string.IsNullOrWhiteSpace(login.Identity))
        {
            builder.UseEntraTokens(ManagedIdentities.Get(login.Identity));
        }

        // details of an error hold values of the row, and an exception ends in a log
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        // the statements are few and large: they are parsed once for each connection
        if (!builder.ConnectionStringBuilder.ShouldSerialize("Max Auto Prepare"))
        {
            builder.ConnectionStringBuilder.MaxAutoPrepare = 60;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        builder.ConnectionStringBuilder.ApplicationName ??= $"relais-{role.ToLowerInvariant()}";
        return builder;
    }
}
