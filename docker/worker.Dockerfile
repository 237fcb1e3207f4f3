# One image for each worker. All of a program's images share the layer with its
# binary; `docker/images` adds the lines that differ (labels and entry point),
# which cost metadata only. No RUN step, so every architecture is a plain copy.
#
# No USER: Cortex hands a job over in a folder of mode 0700 that belongs to its
# own uid, which another uid could not read. The worker itself runs under any
# uid, on a read-only root file system, without a shell.
FROM scratch
ARG PROGRAM
COPY ${PROGRAM} /${PROGRAM}
