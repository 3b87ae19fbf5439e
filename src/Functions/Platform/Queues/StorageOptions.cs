using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using Relais.Platform.Settings;

namespace Relais.Platform.Queues;

/// <summary>
/// The storage account, configured by the same settings as the Functions host: either a connection string, or on Azure the account name (or
/// service addresses) and a managed identity.
/// </summary>
internal sealed partial class StorageOptions : IValidatableObject
{
    public const string Section = "";

    private const string ConnectionStringName = "AzureWebJobsStorage";
    private const string AccountNameName = "AzureWebJobsStorage__accountName";
    private const string BlobAddressName = "AzureWebJobsStorage__blobServiceUri";
    private const string QueueAddressName = "AzureWebJobsStorage__queueServiceUri";
    private const string TableAddressName = "AzureWebJobsStorage__tableServiceUri";
    private const string CredentialName = "AzureWebJobsStorage__credential";
    private const string ClientIdName = "AzureWebJobsStorage__clientId";
    private const string ManagedIdentity = "managedidentity";

    /// <summary>The connection string. Null or empty: a managed identity is used.</summary>
    public string? AzureWebJobsStorage { get; init; }

    /// <summary>Name of an account in the public Azure cloud. Each of the three service addresses overrides it.</summary>
    [ConfigurationKeyName("AzureWebJobsStorage:accountName")]
    public string? AccountName { get; init; }

    /// <summary>Used by the host only, which keeps locks and large orchestration messages in blobs.</summary>
    [ConfigurationKeyName("AzureWebJobsStorage:blobServiceUri")]
    [HttpAddress]
    public Uri? BlobServiceUri { get; init; }

    [ConfigurationKeyName("AzureWebJobsStorage:queueServiceUri")]
    [HttpAddress]
    public Uri? QueueServiceUri { get; init; }

    /// <summary>Used by the host only, which keeps the history of orchestrations in tables.</summary>
    [ConfigurationKeyName("AzureWebJobsStorage:tableServiceUri")]
    [HttpAddress]
    public Uri? TableServiceUri { get; init; }

    [ConfigurationKeyName("AzureWebJobsStorage:credential")]
    public string? Credential { get; init; }

    /// <summary>Client id of a user-assigned identity. Null or empty: the app's system-assigned identity.</summary>
    [ConfigurationKeyName("AzureWebJobsStorage:clientId")]
    public string? ClientId { get; init; }

    private IEnumerable<(string Name, bool IsSet)> IdentitySettings =>
    [
        (AccountNameName, IsSet(AccountName)),
        (BlobAddressName, BlobServiceUri is not null),
        (QueueAddressName, QueueServiceUri is not null),
        (TableAddressName, TableServiceUri is not null),
        (CredentialName, IsSet(Credential)),
        (ClientIdName, IsSet(ClientId)),
    ];

    public QueueClient Queue(string name, QueueClientOptions settings) => IsSet(AzureWebJobsStorage)
        ? new QueueClient(AzureWebJobsStorage, name, settings)
        : new QueueClient(QueueAddress(name), ManagedIdentities.Get(ClientId), settings);

    /// <summary>The address of a queue when a managed identity is used.</summary>
    public Uri QueueAddress(string name) =>
        QueueServiceUri is not null ? new Uri($"{QueueServiceUri.ToString().TrimEnd('/')}/{name}")
        : IsSet(AccountName) ? new Uri($"https://{AccountName}.queue.core.windows.net/{name}")
        : throw new InvalidOperationException("The setting AzureWebJobsStorage is missing.");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        (IsSet(AzureWebJobsStorage) ? ConnectionStringFaults()
            : IdentitySettings.Any(setting => setting.IsSet) ? IdentityFaults()
            : [MissingSettingText])
        .Select(fault => new ValidationResult(fault));

    private const string MissingSettingText =
        $"{ConnectionStringName} is missing: the connection string of the storage account, or " +
        $"{AccountNameName} and {CredentialName} for a managed identity.";

    private IEnumerable<string> ConnectionStringFaults() => IdentitySettings
        .Where(setting => setting.IsSet)
        .Select(setting => $"{setting.Name} is set, and {ConnectionStringName} holds a connection string. Remove one of the two.")
        .Concat(IsConnectionString(AzureWebJobsStorage!)
            ? []
            : [$"{ConnectionStringName} is not the connection string of a storage account."]);

    private IEnumerable<string> IdentityFaults()
    {
        if (IsSet(AccountName) && !ValidAccountName().IsMatch(AccountName!))
        {
            yield return $"{AccountNameName} is not the name of a storage account: 3 to 24 small letters and digits.";
        }

        foreach (var (name, address) in new[]
        {
            (BlobAddressName, BlobServiceUri),
            (QueueAddressName, QueueServiceUri),
            (TableAddressName, TableServiceUri),
        })
        {
            if (address is null && !IsSet(AccountName))
            {
                yield return $"{name} is missing: set the address of the service, " +
                    $"or {AccountNameName} in the place of the three addresses.";
            }
            else if (address is { Scheme: not "https" })
            {
                yield return $"{name} must begin with https: the token of an identity travels on encrypted connections only.";
            }
        }

        if (Credential != ManagedIdentity)
        {
            yield return $"{CredentialName} must be {ManagedIdentity}.";
        }

        if (IsSet(ClientId) && !ManagedIdentities.IsClientId(ClientId!))
        {
            yield return $"{ClientIdName} is not the client id of a managed identity. " +
                "Correct it, or remove it to use the identity of the app itself.";
        }
    }

    private static bool IsSet([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text) => !string.IsNullOrWhiteSpace(text);

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new QueueServiceClient(text).Uri is not null;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^[a-z0-9]{3,24}\z")]
    private static partial Regex ValidAccountName();
}
