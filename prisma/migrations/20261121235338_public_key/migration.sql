-- CreateTable
CREATE TABLE "PublicKey" (
    "keyArn" TEXT NOT NULL,
    "der" BYTEA NOT NULL,
    "algorithms" TEXT[],
    "readAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PublicKey_pkey" PRIMARY KEY ("keyArn")
);
