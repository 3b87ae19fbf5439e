using System.ComponentModel.DataAnnotations;
using Azure.Storage.Queues;

namespace Relais.Platform.Queues;

/// <summary>The storage account of the queues, under the name that the Functions host gives it.</summary>
internal sealed class StorageOptions : IValidatableObject
{
    public const string Section = "";

    [Required(ErrorMessage = "{0} is missing: the connection string of the storage account.")]
    public string? AzureWebJobsStorage { get; init; }

    public string ConnectionString() => AzureWebJobsStorage ?? throw new InvalidOperationException("The setting AzureWebJobsStorage is missing.");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        string.IsNullOrWhiteSpace(AzureWebJobsStorage) || IsConnectionString(AzureWebJobsStorage)
            ? []
            : [new ValidationResult("AzureWebJobsStorage is not the connection string of a storage account.")];

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
}
